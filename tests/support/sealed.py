"""Runs app.py with every way out of this machine closed: python -m tests.support.sealed LOG ARGUMENTS... What tries to
look up or reach another machine is refused and written to LOG, a line each."""

import ipaddress
import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request")


def main(log: Path, arguments: list[str]) -> None:
    """Run app.py in this process, sealed."""

    def seal(event: str, given: tuple[object, ...]) -> None:
        if event in WATCHED and (name := _outside(event, given)):
            with log.open("a") as lines:
                lines.write(f"{event} {name}\n")
            raise OSError(f"No way out to {name}")

    sys.addaudithook(seal)
    sys.argv = ["app.py", *arguments]
    sys.path[0] = str(ROOT)
    runpy.run_path(str(ROOT / "app.py"), run_name="__main__")


def _outside(event: str, given: tuple[object, ...]) -> str | None:
    """Whom the event is about, if that is not this machine."""
    target = given[0] if event in ("socket.getaddrinfo", "socket.gethostbyname", "urllib.Request") else given[1]
    host = target[0] if isinstance(target, tuple) else target
    if host is None or isinstance(host, bytes) or not isinstance(host, str) or host.startswith(("/", "\0")):
        return None
    try:
        inside = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        inside = host in ("localhost", "") or host.startswith(("http://127.0.0.1", "http://localhost"))
    return None if inside else host


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

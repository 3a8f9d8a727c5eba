"""Attempts to log in, in; how long the next one has to wait out. A name is not tried from many addresses at once, nor
many names from one address; what is remembered of them is bounded."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

MOST_REMEMBERED = 10_000
FORGOTTEN_SECONDS = 3600


@dataclass(frozen=True)
class Limit:
    """So many failures are free; each after them doubles the wait, up to the longest."""

    free: int
    longest_seconds: float

    def wait(self, failures: int) -> float:
        """How many seconds after that many failures no other attempt is let in."""
        return min(2.0 ** min(failures - self.free + 1, 30), self.longest_seconds) if failures >= self.free else 0.0


# A name's wait is short: whoever tries it over and over again keeps its owner out as well. Many may share an address.
OF_NAME = Limit(5, 60)
OF_ADDRESS = Limit(20, 900)


@dataclass
class _Tried:
    failures: int = 0
    until: float = 0.0


class Attempts:
    """The failures so far, by name and by address."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._tried: OrderedDict[str, _Tried] = OrderedDict()

    def begin(self, name: str, address: str) -> float:
        """0 where an attempt may be made, which counts as failed until `succeed`; else the seconds to wait."""
        now = self._clock()
        with self._lock:
            both = [(self._of(key, now), limit) for key, limit in _limited(name, address)]
            wait = max(tried.until for tried, _ in both) - now
            if wait > 0:
                return wait
            for tried, limit in both:
                tried.failures += 1
                tried.until = now + limit.wait(tried.failures)
        return 0.0

    def succeed(self, name: str, address: str) -> None:
        """The attempt was none of a stranger: the name starts anew; the address's other failures still count."""
        (of_name, _), (of_address, limit) = _limited(name, address)
        with self._lock:
            self._tried.pop(of_name, None)
            if tried := self._tried.get(of_address):
                tried.failures -= 1
                tried.until = min(tried.until, self._clock() + limit.wait(tried.failures))

    def _of(self, key: str, now: float) -> _Tried:
        tried = self._tried.setdefault(key, _Tried(until=now))
        self._tried.move_to_end(key)
        if now - tried.until > FORGOTTEN_SECONDS:
            tried.failures = 0
        while len(self._tried) > MOST_REMEMBERED:
            self._tried.popitem(last=False)
        return tried


def _limited(name: str, address: str) -> list[tuple[str, Limit]]:
    keys = [f"name {name}", f"address {address}"]
    hashed = [hashlib.sha256(key.encode("utf-8", "replace")).hexdigest() for key in keys]
    return list(zip(hashed, (OF_NAME, OF_ADDRESS), strict=True))

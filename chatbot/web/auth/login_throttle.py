"""Limits attempts to log in: a name cannot be tried from many addresses, nor many names from one address. What is
remembered of them is bounded, and no flood of attempts makes it forget who has to wait."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from chatbot.web.auth.accounts import account_name
from index.digest import text_digest

# Of names, and as many of addresses.
MOST_REMEMBERED = 10_000
# Sorting all records at each new one would be slow: so many are forgotten at once.
FORGOTTEN_AT_ONCE = 1_000
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
        # Apart, so that many names do not make it forget an address.
        self._names: dict[str, _Tried] = {}
        self._addresses: dict[str, _Tried] = {}

    def begin(self, name: str, address: str) -> float:
        """0 where an attempt may be made, which counts as failed until `succeed`; else the seconds to wait.

        An attempt that is refused leaves no record.
        """
        now = self._clock()
        with self._lock:
            both = self._limited(name, address)
            wait = max(records[key].until if key in records else now for records, key, _ in both) - now
            if wait > 0:
                return wait
            for records, key, limit in both:
                tried = _record(records, key, now)
                tried.failures += 1
                tried.until = now + limit.wait(tried.failures)
        return 0.0

    def succeed(self, name: str, address: str) -> None:
        """The attempt was none of a stranger: the name starts anew; the address's other failures still count."""
        (names, of_name, _), (addresses, of_address, limit) = self._limited(name, address)
        with self._lock:
            names.pop(of_name, None)
            if tried := addresses.get(of_address):
                tried.failures -= 1
                tried.until = min(tried.until, self._clock() + limit.wait(tried.failures))

    def _limited(self, name: str, address: str) -> list[tuple[dict[str, _Tried], str, Limit]]:
        return [(self._names, _hashed(account_name(name)), OF_NAME), (self._addresses, _hashed(address), OF_ADDRESS)]


def _record(records: dict[str, _Tried], key: str, now: float) -> _Tried:
    """The record of this key, a new one where there is none."""
    if key not in records and len(records) >= MOST_REMEMBERED:
        _forget(records, now)
    tried = records.setdefault(key, _Tried(until=now))
    if now - tried.until > FORGOTTEN_SECONDS:
        tried.failures = 0
    return tried


def _forget(records: dict[str, _Tried], now: float) -> None:
    """Forget the records that hold back least: those that are over, then those with few failures, then old ones."""

    def worth(key: str) -> tuple[int, float]:
        tried = records[key]
        return (0 if now - tried.until > FORGOTTEN_SECONDS else tried.failures, tried.until)

    for key in sorted(records, key=worth)[:FORGOTTEN_AT_ONCE]:
        del records[key]


def _hashed(key: str) -> str:
    return text_digest(key)

"""Finds where the places of the board lie, by the gazetteer that ships with the program (GeoNames)."""

import lzma
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.characters import plain_letters

FILE = Path(__file__).parent / "data" / "gazetteer.tsv.xz"
# A place that is alone in its country, beside others that lie in another, is perhaps only of the same name.
FEWEST_ALONE = 100_000
_NO_LETTER = re.compile(r"[^\w]++|_")


@dataclass(frozen=True)
class Location:
    """A place with this name: its country's code of two letters, degrees north and east, and its inhabitants."""

    country: str
    latitude: float
    longitude: float
    inhabitants: int


def locate(names: Iterable[str]) -> dict[str, Location]:
    """Where the places of these names lie; a name that the gazetteer does not know is left out.

    A name that several countries have is taken to be that of the country in which most of the other places lie; of a
    country's places it is the largest. One that would be alone in its country is left out, unless it is a large city.
    """
    keys = {name: key for name in names if (key := spelling_key(name))}
    known = _read(frozenset(keys.values()))
    candidates = {name: known[key] for name, key in keys.items() if key in known}
    votes = Counter(country for places in candidates.values() for country in {place.country for place in places})
    located = {name: _likeliest(places, votes) for name, places in candidates.items()}
    return {name: place for name, place in located.items() if _is_sure(place, votes, len(candidates))}


def _likeliest(places: Sequence[Location], votes: Mapping[str, int]) -> Location:
    return max(places, key=lambda place: (votes[place.country], place.inhabitants))


def _is_sure(place: Location, votes: Mapping[str, int], count: int) -> bool:
    return count == 1 or votes[place.country] > 1 or place.inhabitants >= FEWEST_ALONE


@lru_cache(maxsize=4)
def _read(keys: frozenset[str]) -> dict[str, tuple[Location, ...]]:
    """The places that have one of the keys. To keep the whole gazetteer would take a hundred megabytes, and to go
    through it takes a second."""
    by_key: dict[str, list[Location]] = {}
    if not keys:
        return {}
    for line in lzma.decompress(FILE.read_bytes()).decode().splitlines():
        country, latitude, longitude, inhabitants, *names = line.split("\t")
        for key in keys.intersection(names):
            place = Location(country, float(latitude), float(longitude), int(inhabitants))
            by_key.setdefault(key, []).append(place)
    return {key: tuple(places) for key, places in by_key.items()}


def spelling_key(name: str) -> str:
    """What spellings of one name have in common: letters without accents, apostrophes and hyphens."""
    letters = unicodedata.normalize("NFKD", plain_letters(name)) if not name.isascii() else name
    shown = "".join(c for c in letters if not unicodedata.combining(c) and c not in "'’‘ʻʼ")
    return _NO_LETTER.sub(" ", shown).strip().casefold().removeprefix("the ")

"""What words stand for when texts are compared: groups of synonyms, countries by their peoples, who acts, who holds."""

from functools import cache, lru_cache
from pathlib import Path

from index.language.predicates import country_of_capital, is_force, is_people, nation_of
from index.language.words import bare, stem

HOLDERS = frozenset(
    """army military government regime state rebels rebel insurgents factions faction coalition opposition militia
    jihadists militants separatists administration""".split()
)
FOLDER = Path(__file__).parent / "data"


@lru_cache(maxsize=50_000)
def concept(word: str) -> str:
    """What stands for `word` when texts are compared: its synonym group's first word, the country, else its stem."""
    bare_word = bare(word)
    country = country_of(bare_word) if bare_word[:1].isupper() else None
    return country or _synonyms().get(stem(bare_word)) or stem(bare_word)


@lru_cache(maxsize=50_000)
def names_actor(word: str) -> bool:
    """Whether `word` says who acts: who can hold a place, or a kind of people."""
    nouns = (word.lower(), word.lower().removesuffix("s"))
    return names_holder(word) or any(is_people(noun) or is_force(noun) for noun in nouns)


def names_holder(word: str) -> bool:
    """Whether `word` says who can hold a place: an army, a government, a side, or a group by its initials."""
    return word.lower() in HOLDERS or (word.isupper() and len(word) > 1)


def country_of(word: str) -> str | None:
    """The country whose name, people or language `word` is, lower case ("Turkish" is "turkey"), else None."""
    return None if seat_of(bare(word)) else nation_of(bare(word))


def seat_of(name: str) -> str | None:
    """The country whose capital `name` is ("Ankara" is "Turkey"), else None."""
    country = country_of_capital(name)
    return country if country and country.lower() != name.lower() else None


def written_out(name: str) -> str | None:
    """What the initials of a country or union of countries stand for ("EU" is the European Union), else None."""
    long = _territories().get(name) if name.isupper() else None
    return long if long and long != name else None


@cache
def _territories() -> dict[str, str]:
    from babel import Locale

    return dict(Locale("en").territories)


def seat_of_government(name: str) -> str | None:
    """The country, in lower case, whose government is called by its seat: the Kremlin's is Russia; None for others."""
    return _governments().get(name.lower())


@cache
def _governments() -> dict[str, str]:
    return {seat: country for seat, country in (line.split("|") for line in _lines("governments.txt"))}


@cache
def _synonyms() -> dict[str, str]:
    return {stem(word): stem(group[0]) for group in map(str.split, _lines("synonyms.txt")) for word in group}


def _lines(name: str) -> list[str]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]

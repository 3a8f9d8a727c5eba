"""What words mean the same in the news: groups of synonyms, and countries with their peoples and capitals."""

from functools import cache
from pathlib import Path

from index.language.words import bare, stem

ACTORS = frozenset(
    """army military government regime state rebels rebel insurgents forces troops police sources source officials
    official authorities minister president spokesman spokeswoman commander factions faction coalition opposition
    group militia company party court judge scientists researchers residents workers union council parliament leader
    leaders jihadists fighters militants separatists administration kremlin""".split()
)
HOLDERS = frozenset(
    """army military government regime state rebels rebel insurgents factions faction coalition opposition militia
    jihadists militants separatists administration""".split()
)
FOLDER = Path(__file__).parent / "data"


def concept(word: str) -> str:
    """What stands for `word` when texts are compared: its synonym group's or country's first word, else its stem."""
    bare_word = bare(word)
    country = _countries().get(bare_word.lower()) if bare_word[:1].isupper() else None
    return country or _synonyms().get(stem(bare_word)) or stem(bare_word)


def deed(word: str) -> str:
    """What stands for the verb `word` in whatever form: as `concept` has it, irregular forms included."""
    return concept(_verbs().get(bare(word).lower(), word))


def is_irregular(word: str) -> bool:
    """Whether `word` is a form of an irregular verb."""
    return bare(word).lower() in _verbs()


def names_actor(word: str) -> bool:
    """Whether `word` says who acts: an army, a government, or a group by its initials."""
    return word.lower() in ACTORS or (word.isupper() and len(word) > 1)


def names_holder(word: str) -> bool:
    """Whether `word` says who can hold a place: an army, a government, a side, or a group by its initials."""
    return word.lower() in HOLDERS or (word.isupper() and len(word) > 1)


def country_of(word: str) -> str | None:
    """The country whose name, people or language `word` is, lower case ("Turkish" is "turkey"), else None."""
    return _countries().get(bare(word).lower())


def forms_of(country: str) -> list[str]:
    """The name of a country as `country_of` gives it, and those of its people."""
    return [form for form, name in _countries().items() if name == country]


def seat_of(name: str) -> str | None:
    """The country whose government `name` stands for ("Ankara" is "Turkey"), else None."""
    return _seats().get(name.lower())


def seat_of_government(name: str) -> str | None:
    """The country, in lower case, whose government is called by its seat: the Kremlin's is Russia; None for others."""
    return _governments().get(name.lower())


@cache
def _governments() -> dict[str, str]:
    return {seat: country for seat, country in (line.split("|") for line in _lines("governments.txt"))}


@cache
def _synonyms() -> dict[str, str]:
    return {stem(word): stem(group[0]) for group in map(str.split, _lines("synonyms.txt")) for word in group}


@cache
def _verbs() -> dict[str, str]:
    return {form: forms[0] for forms in map(str.split, _lines("irregular.txt")) for form in forms}


@cache
def _countries() -> dict[str, str]:
    names: dict[str, str] = {}
    for line in _lines("countries.txt"):
        name, peoples, _ = line.split("|")
        for word in [name, *peoples.split(",")]:
            if word.strip() and " " not in word.strip():
                names[word.strip().lower()] = name.strip().lower().split()[-1]
    return names


@cache
def _seats() -> dict[str, str]:
    seats: dict[str, str] = {}
    for line in _lines("countries.txt"):
        name, _, capitals = line.split("|")
        seats |= {capital.strip().lower(): name.strip() for capital in capitals.split(",") if capital.strip()}
    return seats


def _lines(name: str) -> list[str]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]

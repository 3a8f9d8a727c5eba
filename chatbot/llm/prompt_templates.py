"""Reads the prompt templates in prompts/ and fills them. A template whose variables are not exactly those that
the program fills is refused when it loads, never when it is used."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from chatbot.errors import PromptError

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"

PromptMessage = tuple[str, str]

_ROLE = re.compile(r"^\[(system|human|ai)\]\n", re.MULTILINE)
_VARIABLE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Template:
    """A checked template: `parts` are (role, text with {variables}), in the order in which they are sent."""

    parts: tuple[PromptMessage, ...]
    variables: frozenset[str]

    def fill(self, **values: str) -> list[PromptMessage]:
        """The (role, text) messages with each variable replaced once; values may hold braces and role lines.

        Raises PromptError if `values` are not exactly the template's variables.
        """
        if values.keys() != self.variables:
            raise PromptError(f"A prompt was given {_listed(values)}. Expected {_listed(self.variables)}.")
        return [(role, _VARIABLE.sub(lambda variable: values[variable[1]], text)) for role, text in self.parts]


def load(name: str, variables: set[str], *, folder: Path = PROMPTS) -> Template:
    """The template of `folder`/`name`.txt, whose variables must be exactly `variables`.

    The file has a line [system], [human] or [ai] before each message; a variable is {name}, and no other brace is
    allowed. Raises PromptError naming the file, what is wrong in it and what to do.
    """
    path = folder / f"{name}.txt"
    text = _read(path)
    _check_braces(text, variables, path)
    used = frozenset(_VARIABLE.findall(text))
    _check_variables(used, variables, path)
    return Template(_parts(text, path), used)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as exc:
        raise PromptError(f"Prompt {path} cannot be read ({exc.strerror}). Restore the file.") from exc
    except UnicodeDecodeError as exc:
        raise PromptError(f"Prompt {path} is not UTF-8 text. Save it as UTF-8.") from exc


def _parts(text: str, path: Path) -> tuple[PromptMessage, ...]:
    head, *pieces = _ROLE.split(text)
    if head.strip() or not pieces:
        raise PromptError(f"Prompt {path} does not open with a role. Begin it with the line [system] or [human].")
    return tuple((role, body.strip()) for role, body in zip(pieces[::2], pieces[1::2], strict=True))


def _check_braces(text: str, expected: set[str], path: Path) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        if re.search(r"[{}]", _VARIABLE.sub("", line)):
            raise PromptError(
                f"Prompt {path} has a stray brace in line {number}. Write a variable as {{name}}, of small letters and "
                f"underscores; known are {_listed(expected)}."
            )


def _check_variables(used: Collection[str], expected: set[str], path: Path) -> None:
    for wrong in sorted(set(used) - expected):
        raise PromptError(
            f"Prompt {path} has the unknown variable {{{wrong}}}. Correct or remove it; known are {_listed(expected)}."
        )
    for missing in sorted(expected - set(used)):
        raise PromptError(f"Prompt {path} lacks the variable {{{missing}}}. Write it where its text is to stand.")


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "no variables"

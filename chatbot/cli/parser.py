"""How a command line is read: typer's commands, with short forms, several values an option and a default command."""

import re
import sys
from collections import deque
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from chatbot.cli.output import printable

if TYPE_CHECKING:
    # typer does not export the classes that its methods name.
    from typer._click.core import Context
    from typer._click.formatting import HelpFormatter

DEFAULT_COMMAND = "serve"
NEGATIVE_NUMBER = re.compile(r"-\d+|-\d*\.\d+")
# What typer writes behind the name of an argument, and before the reason why a value is refused.
TYPE_OF_ARGUMENT = re.compile(r" <(str|path|list\[str\])>$")
REFUSED = "Value error, "


class Command(TyperCommand):
    """A command whose options may be shortened (`--temp`) and, where they take several values, followed by them
    (`--index A B`)."""

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        """Reads `args`. Ends the program after --help, and with status 2 for wrong usage."""
        try:
            return super().parse_args(ctx, args if ctx.resilient_parsing else self._full_form(ctx, args))
        except (typer.TyperException, typer.Exit) as exc:
            _end(ctx, exc)

    def _full_form(self, ctx: "Context", args: Iterable[str]) -> list[str]:
        """`args` as typer reads them: options in full with one value each, and what follows no option after "--"."""
        options, operands = self.split(ctx, args)
        return [*options, "--", *operands]

    def split(self, ctx: "Context", args: Iterable[str]) -> tuple[list[str], list[str]]:
        """The options with their values, and the operands. An option without its value is wrong usage."""
        known = {
            flag: option for option in self.get_params(ctx) if isinstance(option, TyperOption) for flag in option.opts
        }
        options: list[str] = []
        operands: list[str] = []
        words = deque(args)
        while words:
            word = words.popleft()
            if word == "--":
                return options, [*operands, *words]
            if not _is_option(word):
                operands.append(word)
                continue
            name, equals, value = word.partition("=")
            flag = _full_name(ctx, name, known)
            option = known.get(flag)
            if option is None or option.is_flag or equals:
                options.append(flag + equals + value)
            else:
                options += _with_values(ctx, flag, words, several=option.multiple)
        return options, operands

    def format_usage(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        """As Python's own programs write it."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="usage: ")

    def format_options(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        """A section for each panel of options; typer makes panels only with colours and frames."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            if record := parameter.get_help_record(ctx):
                is_option = isinstance(parameter, TyperOption)
                panel = getattr(parameter, "rich_help_panel", None) or ("Options" if is_option else "Arguments")
                sections.setdefault(panel, []).append((TYPE_OF_ARGUMENT.sub("", record[0]), record[1]))
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)


class CommandLine(TyperGroup):
    """The commands, of which `serve` is run where none is named."""

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        """Reads the options before a command. Ends the program after --help and --version, and with status 2 for wrong
        usage, such as a command that there is not."""
        try:
            return super().parse_args(ctx, args if ctx.resilient_parsing else self._with_command(ctx, args))
        except (typer.TyperException, typer.Exit) as exc:
            _end(ctx, exc)

    def _with_command(self, ctx: "Context", args: list[str]) -> list[str]:
        own = {flag for option in self.get_params(ctx) for flag in option.opts}
        if args and args[0] in {*self.commands, *own}:
            return args
        if args and not _is_option(args[0]):
            ctx.fail(self._unknown(args[0]))
        self._refuse_late_command(ctx, args)
        return [DEFAULT_COMMAND, *args]

    def _refuse_late_command(self, ctx: "Context", args: list[str]) -> None:
        serve = self.commands[DEFAULT_COMMAND]
        assert isinstance(serve, Command)
        try:
            options, operands = serve.split(ctx, args)
        except typer.TyperException:
            # The command reports its own options, with its own usage.
            return
        known = {flag for option in serve.get_params(ctx) for flag in option.opts}
        # What follows an unknown option may be its value.
        if not operands or any(word.partition("=")[0] not in known for word in options if _is_option(word)):
            return
        name = operands[0]
        if name in self.commands:
            ctx.fail(f"the command comes first, its options after it: python app.py {name} ... {self._listed()}")
        ctx.fail(self._unknown(name))

    def _unknown(self, name: str) -> str:
        near = get_close_matches(name.lower(), self.commands, 1)
        meant = f" Did you mean {near[0]}?" if near else ""
        return f"there is no command '{name}'.{meant} {self._listed()}"

    def _listed(self) -> str:
        return f"The commands are {', '.join(self.commands)}."

    def format_usage(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        """As Python's own programs write it."""
        formatter.write_usage(ctx.command_path, "[-h] COMMAND ...", prefix="usage: ")


def _end(ctx: "Context", reason: Exception) -> NoReturn:
    """Ends the program: after what only prints, such as --help, or with usage and error where `args` are wrong."""
    if isinstance(reason, typer.Exit):
        raise SystemExit(reason.exit_code)
    message = reason.format_message() if isinstance(reason, typer.TyperException) else str(reason)
    error = f"{ctx.command_path}: error: {printable(message.replace(REFUSED, ''))}"
    print(ctx.get_usage(), error, f"Help: {ctx.command_path} --help", sep="\n", file=sys.stderr)
    raise SystemExit(2) from None


def _is_option(word: str) -> bool:
    """Whether `word` looks like an option: neither "-", a negative number, nor a text that begins with a dash."""
    return word.startswith("-") and len(word) > 1 and " " not in word and not NEGATIVE_NUMBER.fullmatch(word)


def _full_name(ctx: "Context", name: str, known: Mapping[str, object]) -> str:
    """The only option that begins so; `name` itself where it is one or where none does."""
    if name in known or not name.startswith("--"):
        return name
    meant = [flag for flag in known if flag.startswith(name)]
    if len(meant) > 1:
        ctx.fail(f"ambiguous option: {name} could match {', '.join(meant)}")
    return meant[0] if meant else name


def _with_values(ctx: "Context", flag: str, words: deque[str], *, several: bool) -> list[str]:
    """`flag` before each of its values, which are taken from the front of `words`."""
    values: list[str] = []
    while words and not _is_option(words[0]) and (several or not values):
        values.append(words.popleft())
    if not values:
        ctx.fail(f"argument {flag}: expected {'at least ' if several else ''}one argument")
    return [word for value in values for word in (flag, value)]

"""The options that several commands share, and how a command gets the settings that they and the environment give."""

import os
from collections.abc import Callable, Sequence
from inspect import Parameter, Signature, signature
from pathlib import Path

import typer

from chatbot.settings import DEFAULT_EMBEDDING_MODEL, Settings, read_settings

Options = Sequence[Parameter]
LLM = "LLM (without one, answers are quotations)"


def _option(
    setting: str, flags: str, metavar: str, help: str, *,
    panel: str | None = None, parser: Callable[[str], object] | None = None,
) -> Parameter:
    """The option that sets `setting`; without it the environment does, or the default."""
    option = typer.Option(None, *flags.split(), metavar=metavar, help=help, rich_help_panel=panel, parser=parser)
    return Parameter(setting, Parameter.KEYWORD_ONLY, default=option, annotation=str | None)


def _whole_number(value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise ValueError(f"invalid int value: '{value}'") from None


def _index(setting: str, flags: str, metavar: str, help: str) -> Parameter:
    return _option(setting, flags, metavar, help, panel="Index")


def _llm(setting: str, flags: str, metavar: str, help: str) -> Parameter:
    return _option(setting, flags, metavar, help, panel=LLM)


DATA_OPTIONS: Options = [_option("data", "--data", "DIR", "where the index and the accounts are kept (data)")]
ADDRESS_OPTIONS: Options = [
    _option("host", "--host", "HOST", "address to listen on (127.0.0.1)"),
    _option("port", "--port", "PORT", "port to listen on (7860)", parser=_whole_number),
    _option("public_url", "--public-url --url", "URL", "where readers find the page, behind a proxy"),
    _option("embed_origins", "--embed-origins", "ORIGINS", "whose pages may embed the chat (no others)"),
]
INDEX_OPTIONS: Options = [
    _index("data", "--data", "DIR", "where the index is kept (data)"),
    _index("embedding_model", "--embedding-model", "NAME", "a sentence-transformers model, by name or path"),
    _index("chroma_url", "--chroma-url", "URL", "a Chroma server, in place of the embedded one"),
    _index("wait_seconds", "--wait", "SECONDS", "for another process that is changing the index (60)"),
]
LLM_OPTIONS: Options = [
    _llm("model", "--model", "PROVIDER:NAME", "such as ollama:llama3.2 or openai:gpt-5-mini"),
    _llm("base_url", "--base-url", "URL", "of an OpenAI-compatible server, such as http://127.0.0.1:8000/v1"),
    _llm("api_key_file", "--api-key-file", "FILE", "a file that holds the key (or CHATBOT_API_KEY)"),
    _llm("temperature", "--temperature", "NUMBER", "0 always takes the likeliest word (0)"),
    _llm("first_word_seconds", "--first-word", "SECONDS", "a slow LLM is sent less, to begin within them (10)"),
    _llm("passage_tokens", "--passages", "TOKENS", "of passages for a question that asks for no overview (780)"),
    _llm("judge", "--judge", "none|llm|PROVIDER:NAME", "an LLM that looks each statement through once more (none)"),
    _llm("max_tokens", "--max-tokens", "TOKENS", "longest answer (1000)"),
    _llm("window_tokens", "--window", "TOKENS", "of prompt and answer together (4096)"),
    _llm("timeout_seconds", "--timeout", "SECONDS", "longest silence of the LLM (60)"),
    _llm("retries", "--retries", "TIMES", "how often a fault that may pass is asked after again (2)"),
]


def with_settings(command: Callable[..., int], *groups: Options) -> Callable[..., int]:
    """`command`, which takes the settings first, as typer calls it: with the options of `groups` in their place."""
    shared = [option for group in groups for option in group]
    own = list(signature(command, eval_str=True).parameters.values())[1:]

    def run(**given: object) -> int:
        settings = read_settings(os.environ, **{option.name: given.pop(option.name) for option in shared})
        _prepare_libraries(settings)
        return command(settings, **given)

    keywords = [parameter.replace(kind=Parameter.KEYWORD_ONLY) for parameter in own]
    run.__signature__ = Signature([*keywords, *shared])  # type: ignore[attr-defined]
    return run


def _prepare_libraries(settings: Settings) -> None:
    """What torch and the Hugging Face hub read from the environment when they are imported."""
    # Its waiting threads otherwise spin: where cores are shared, one question then takes ten times as long.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # A model on disk is whole: without this the hub is asked for it all the same.
    if settings.embedding_model == DEFAULT_EMBEDDING_MODEL or Path(settings.embedding_model).exists():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")

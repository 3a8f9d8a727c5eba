"""Keeps libraries from being imported where they are of no use: they take longer than the answer to one question, and
torch takes 190 MB."""

import sys
from types import ModuleType

# spaCy looks for torch, which its small models do without; httpx has a command line of its own.
_MISSING = ("torch", "httpx._main")


def leave_out_unneeded() -> None:
    """For this process, which runs the bundled models alone and no LLM, before spaCy and httpx are imported."""
    for name in _MISSING:
        # Python takes it for not installed, for which both are prepared.
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    # spaCy's command line, of which `import spacy` takes one function that prints what is installed.
    if "spacy" not in sys.modules:
        sys.modules["spacy.cli"] = ModuleType("spacy.cli")
        sys.modules["spacy.cli.info"] = info = ModuleType("spacy.cli.info")
        info.__dict__["info"] = None

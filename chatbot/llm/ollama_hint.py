"""Looks for an Ollama server on this machine and says with which option it would write the answers. It is only ever
asked for its list of models, and never chosen."""

import json
import re
import urllib.request

ADDRESS = "http://127.0.0.1:11434"
LONGEST_WAIT_SECONDS = 0.5


def hint(address: str | None = None) -> str | None:
    """The line for the terminal, within half a second; None where no Ollama with a model that writes answers."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{address or ADDRESS}/api/tags", timeout=LONGEST_WAIT_SECONDS) as response:
            names = [str(model["name"]) for model in json.load(response)["models"]]
    except (OSError, ValueError, LookupError, TypeError):  # Nothing answers there, or something else does.
        return None
    # A name goes into a command that is to be copied; models for embedding write nothing.
    fit = [name for name in names if re.fullmatch(r"[\w./:-]+", name) and "embed" not in name]
    if not fit:
        return None
    command = f"python app.py --model ollama:{fit[0].removesuffix(':latest')}"
    return f"An Ollama server answers on this machine. To let it write the answers: {command}"

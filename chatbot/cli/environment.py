"""Says which command makes the environment, where the program is started without it. Older Pythons can run this."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWN = ".venv/bin/python"
LEAST = (3, 11)


def advice(missing: ImportError) -> "str | None":
    """What to tell who started the program; None where no library is missing, but a part of the program itself."""
    if sys.version_info < LEAST:
        here, least = (f"{version[0]}.{version[1]}" for version in (sys.version_info, LEAST))
        return f"Error: This is Python {here}; {least} or newer is needed. Then: make run PYTHON=python{least}"
    name = (missing.name or "").partition(".")[0]
    if not isinstance(missing, ModuleNotFoundError) or name in ("", "chatbot", "index"):
        return None
    began = f"Error: The library '{name}' is not installed for {sys.executable}."
    if (ROOT / OWN).exists() and Path(sys.prefix).resolve() != (ROOT / ".venv").resolve():
        return f"{began} Start the program in its environment: {OWN} app.py"
    return (
        f"{began} Make the program's environment first: make run\n"
        f"Without make: python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && {OWN} app.py"
    )

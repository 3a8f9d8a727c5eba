"""Where the sample articles lie that come with the program."""

from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "articles"

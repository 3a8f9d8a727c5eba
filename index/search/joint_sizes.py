"""The sizes of the layers that read two texts together; `joint_layers.py` tells what they are."""

LOWER_LAYERS = 4
LORA_SCALE = 2.0
# A piece is of the first text or of the second, and stands in one of them or in both.
KINDS = 4
WIDTH = 64

"""The pipeline from a question to a cited answer, and the turns of a conversation."""

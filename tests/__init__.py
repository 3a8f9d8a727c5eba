"""The tests, one file for each module, and what stands in for an LLM or a chain in them."""

"""The built-in answerer: ranks and selects sentences of the articles, without an LLM."""

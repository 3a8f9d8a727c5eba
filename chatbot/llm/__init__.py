"""Everything that needs an LLM: the client, its prompts, question rewriting and answer generation."""

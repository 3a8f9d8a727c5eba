"""What benchmarks and tests share: an LLM that follows a script, and faults to plant."""

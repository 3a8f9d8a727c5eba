"""Claims of who holds what, drawn from the clauses of articles."""

"""How well and how fast the chatbot works, measured on public sets that are not shipped and on questions that are."""

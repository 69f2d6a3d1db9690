"""Error messages for text that is not in the language."""

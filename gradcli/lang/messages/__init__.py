"""What to say of text that is not in the language."""

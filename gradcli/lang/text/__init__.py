"""The text side of the language: tokens, operators, what has been read, and trees as text."""

"""Tokens, operators, the state of the parser, and trees written as text."""

"""The command line: a command parses its words, calls one transform and renders the result."""

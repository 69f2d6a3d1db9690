"""The command line: parse, call one transform, render."""

"""From an expression and values to a program that can run, and running it."""

"""Expressions as numbers, with as many digits as it takes to be sure of them."""

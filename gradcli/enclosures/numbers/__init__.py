"""Arithmetic of enclosed numbers, recorded so that derivatives can be swept through it."""

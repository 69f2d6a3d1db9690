"""Graphs as pictures: boxes, where they stand, and what draws them."""

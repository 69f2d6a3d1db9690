"""Tensors and the graph that records how they were computed."""

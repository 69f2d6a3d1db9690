"""Gradients, Jacobians, graphs and their check: pure functions that return dataclasses."""

"""A whole program on arrays of enclosed numbers."""

"""The operations on enclosed numbers, each from power series of its own."""

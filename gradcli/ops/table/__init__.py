"""The entries of the derivative table, by subject, and the lookup by name."""

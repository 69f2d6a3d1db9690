"""Calls of operations: names resolved, arguments bound, sizes checked, outputs picked."""

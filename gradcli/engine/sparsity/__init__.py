"""Which entries of a computation depend on which of its inputs, found on the graph without a derivative."""

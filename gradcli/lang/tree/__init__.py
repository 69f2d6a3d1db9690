"""The syntax tree: its nodes, and what can be computed from it alone."""

"""The syntax tree: its nodes, and functions of trees that need nothing else."""

"""Results in words and numbers, the same for pipes, terminals and programs."""

"""A child process that computes what may hang or take too much memory, and can be killed: whatever it computes."""

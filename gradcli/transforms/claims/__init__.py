"""Whether derivatives that a user states are right."""

"""The processes that the oracle runs in, and their limits of time and memory."""

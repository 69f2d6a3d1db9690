"""Walks over the recorded graph: backward, forward, and with masks."""

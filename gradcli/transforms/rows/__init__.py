"""One program at many rows."""

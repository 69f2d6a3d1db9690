"""Results as pages: one file each, which needs no network."""

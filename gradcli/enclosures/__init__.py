"""Programs interpreted on balls and their power series, by FLINT: every number that comes out is enclosed."""

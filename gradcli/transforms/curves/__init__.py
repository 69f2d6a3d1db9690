"""A program over a range: samples, breaks, roots and extrema, tangents, and maps of two variables."""

"""Which columns or rows of a sparse matrix can share a sweep: patterns, their colourings, and what is read off a sweep.

It knows neither operations nor the engine: a pattern goes in, a plan comes out.
"""

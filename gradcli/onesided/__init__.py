"""One-sided behaviour of programs, exactly: each value is a power series in a step t > 0.

A one-sided series tells how a value goes on from a point in one direction: a generalised power series whose exponents
are rational numbers, so that sqrt(x**2), abs(x)**2 and x**1.5 at 0 are all told apart by the first coefficient
that differs. Nothing is approximated by differences; coefficients are rational numbers as long as they can be,
and numbers of some hundred bits where they cannot.

It knows neither the engine nor SymPy: a third interpretation of the same programs and the same table.
"""

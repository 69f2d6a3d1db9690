"""What the page says of figures that miss their target, or that would be misread: why it is so."""

from __future__ import annotations

__all__ = ["NOTES"]

NOTES = {
    "batch": (
        "Above a million rows `--backend auto` takes compiled code where it finds a C compiler: those are the lines "
        "`--backend c`, several times as fast as the libraries beside it. NumPy's code takes sines and cosines from "
        "tangents, which it computes several at a time, and uses memory again: it then waits for memory more than "
        "for the processor, so that a second thread gains little, and compiled code is two to five times as fast as "
        "it, where it was four. At 1,000,000 rows without sines that is so of all. A table of CSV goes out with "
        "seven columns where three came in: at 10,000,000 rows 1.35 GB beside 0.57 GB, and to write numbers as text "
        "is most of the work. Two workers of Dask share two cores with its scheduler and the command."
    ),
    "commands": (
        "A checked command is two processes: beside the one that computes, another imports SymPy, or where the "
        "derivation is kept mpmath alone. On one core these imports add up, on two they compete for memory; all else "
        "of a check whose derivation is kept takes a few milliseconds."
    ),
    "ops": (
        "An array that is filled row by row takes time linear in its rows, but for Python's garbage collector: a row "
        "is four nodes and four tuples, and from about 8,000 rows on the collector goes through all that is alive now "
        "and then. The `gradcli` command runs without it, as the lines with the collector disabled do. Of the other "
        "operations those that lose most are put together from several (`logcumsumexp`, `scatter_add`, "
        "`cross_entropy`), right to more digits than PyTorch's (`sinc`, `gelu`, `digamma`, `polygamma`, by series or "
        "SciPy), or wait for NumPy's way to LAPACK (`svdvals`, `qr`, `eigvalsh`)."
    ),
    "hessian": (
        "A call of `gradcli.func.hessian` records the function and its gradient anew, looks whether it knows the plan "
        "of what was recorded, and sends three directions at once through some twenty-five operations: each takes "
        "Python tens of microseconds, and together they take most of the time, the matrix itself a tenth. "
        "JAX has compiled all of it at the first call, which is not counted. To pass over the operations once less "
        "would save a tenth, and take the order out of the code."
    ),
    "formulas": (
        "Of the corpora's programs five have gradients of more than four times the operations of their value, up to "
        "five: powers of what may be 0 where the value is finite, as x**n is 1 at (0, 0). Two choices for each see to "
        "it that the partials are 0 there, and no NaN."
    ),
    "engine": (
        "NumPy computes the sines and cosines of float64 arrays one by one, PyTorch several at once: at size 10,000 "
        "that is most of the difference, as the last table and the chain without sines show."
    ),
}
"""By section."""

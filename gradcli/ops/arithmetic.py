"""Arithmetic, comparisons and logic: the operators of the language."""

from __future__ import annotations

from gradcli.ops.domains import NONZERO, POSITIVE, REAL
from gradcli.ops.entry import Op, elementwise, predicate

ENTRIES: tuple[Op, ...] = (
    elementwise("add(x, y)", "numpy.add", "x + y", "1", "1", infix="+", analytic=True, doc="Sum."),
    elementwise("sub(x, y)", "numpy.subtract", "x - y", "1", "-1", infix="-", aliases=["subtract"], analytic=True,
                doc="Difference."),
    elementwise("mul(x, y)", "numpy.multiply", "x*y", "y", "x", infix="*", aliases=["multiply"], analytic=True,
                doc="Product."),
    elementwise("div(x, y)", "numpy.true_divide", "x/y", "1/y", "-out/y", on=(REAL, NONZERO), infix="/",
                aliases=["divide", "true_divide"], analytic=True, doc="Quotient."),
    elementwise("floor_divide(x, y)", "numpy.floor_divide", "floor(x/y)", "0", "0", on=(REAL, NONZERO), infix="//",
                kinks=["mod(x, y)"], convention="0 at the jumps", doc="Quotient rounded down."),
    elementwise("mod(x, y)", "numpy.remainder", "x - y*floor(x/y)", "1", "-floor(x/y)", on=(REAL, NONZERO), infix="%",
                kinks=["mod(x, y)"], convention="that of the branch on the right", aliases=["remainder"],
                doc="Remainder with the sign of y."),
    elementwise("pow(x, y)", "numpy.power", "x**y", "y*x**where(y == 0, 1, y - 1)",
                "out*log(where((x == 0) & (y >= 0), 1, x))", on=(POSITIVE, REAL), infix="**", aliases=["power"],
                node="PowBackward1", analytic=True, doc="Power."),
    elementwise("pow_scalar(x; n)", "ops.pow_scalar", "x**n", "n*x**where(n == 0, 1, n - 1)", on=(POSITIVE,),
                node="PowBackward0", doc="Power with a constant exponent."),
    elementwise("neg(x)", "numpy.negative", "-x", "-1", aliases=["negative"], analytic=True, doc="Negation."),
    elementwise("pos(x)", "numpy.positive", "1*x", "1", aliases=["positive", "asarray"],
                analytic=True, doc="The value itself."),
    predicate("less(x, y)", "numpy.less", "Lt", infix="<", doc="x < y."),
    predicate("less_equal(x, y)", "numpy.less_equal", "Le", infix="<=", doc="x <= y."),
    predicate("greater(x, y)", "numpy.greater", "Gt", infix=">", doc="x > y."),
    predicate("greater_equal(x, y)", "numpy.greater_equal", "Ge", infix=">=", doc="x >= y."),
    predicate("equal(x, y)", "numpy.equal", "Eq", infix="==", doc="x == y."),
    predicate("not_equal(x, y)", "numpy.not_equal", "Ne", infix="!=", doc="x != y."),
    predicate("logical_and(x, y)", "numpy.logical_and", "logical_and", infix="&", doc="Both."),
    predicate("logical_or(x, y)", "numpy.logical_or", "logical_or", infix="|", doc="Either."),
    predicate("logical_not(x)", "numpy.logical_not", "logical_not", doc="Not."),
    elementwise("where(condition, x, y)", "numpy.where", "where", None, "where(condition, 1, 0)",
                "where(condition, 0, 1)", analytic=True, doc="x where the condition holds, y elsewhere."),
)  # fmt: skip

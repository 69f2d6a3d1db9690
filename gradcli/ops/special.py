"""Special functions, evaluated by SciPy, and the smooth functions of machine learning.

Derivatives: NIST Digital Library of Mathematical Functions, 5.2 and 5.15 (gamma and polygamma
functions) and 7.2 (error functions).
"""

from __future__ import annotations

from gradcli.ops.entry import NONZERO, POSITIVE, REAL, Op, elementwise

ENTRIES: tuple[Op, ...] = (
    elementwise("sigmoid(x)", "scipy.special.expit", "1/(1 + exp(-x))", "out*sigmoid(-x)",
                aliases=["expit", "logistic"], doc="Logistic function, 1/(1 + exp(-x))."),
    elementwise("softplus(x)", "ops.softplus", "log(1 + exp(x))", "sigmoid(x)",
                doc="log(1 + exp(x)) without overflow."),
    elementwise("relu(x)", "ops.relu", "maximum(x, 0)", "where(x > 0, 1, 0)", on=(NONZERO,), kinks=["x"],
                convention="0 at 0", doc="max(x, 0)."),
    elementwise("logaddexp(x, y)", "numpy.logaddexp", "log(exp(x) + exp(y))", "sigmoid(x - y)", "sigmoid(y - x)",
                on=(REAL, REAL), doc="log(exp(x) + exp(y)) without overflow."),
    elementwise("erf(x)", "scipy.special.erf", "erf", "2/sqrt(pi)*exp(-x**2)", doc="Error function."),
    elementwise("erfc(x)", "scipy.special.erfc", "erfc", "-2/sqrt(pi)*exp(-x**2)",
                doc="Complementary error function, 1 - erf(x)."),
    elementwise("gamma(x)", "scipy.special.gamma", "gamma", "out*digamma(x)", on=(POSITIVE,), doc="Gamma function."),
    elementwise("lgamma(x)", "scipy.special.gammaln", "log(abs(gamma(x)))", "digamma(x)", on=(POSITIVE,),
                aliases=["gammaln", "loggamma"], doc="log(abs(gamma(x)))."),
    elementwise("digamma(x)", "scipy.special.digamma", "digamma", "polygamma(1, x)", on=(POSITIVE,),
                aliases=["psi"], doc="Derivative of lgamma."),
    elementwise("polygamma(n, x)", "ops.polygamma", "polygamma", None, "polygamma(n + 1, x)",
                on=(((1.0, 1.0),), POSITIVE), doc="n-th derivative of digamma, for n = 0, 1, 2, ..."),
)  # fmt: skip

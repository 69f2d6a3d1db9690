"""Special functions, evaluated by SciPy, and the smooth functions of machine learning.

Derivatives: NIST Digital Library of Mathematical Functions, 5.2, 5.12 and 5.15 (gamma, beta and polygamma
functions), 7.2 (error functions), 10.6 and 10.29 (Bessel functions).
"""

from __future__ import annotations

from gradcli.ops.domains import NONZERO, OPEN01, POSITIVE, REAL, UNIT, Interval
from gradcli.ops.entry import Op, Peers, elementwise

ORDER1: tuple[Interval, ...] = ((1.0, 1.0),)

ENTRIES: tuple[Op, ...] = (
    elementwise("sigmoid(x)", "scipy.special.expit", "1/(1 + exp(-x))", "out*sigmoid(-x)",
                aliases=["expit", "logistic"], doc="Logistic function, 1/(1 + exp(-x))."),
    elementwise("softplus(x)", "ops.softplus", "log(1 + exp(x))", "sigmoid(x)",
                doc="log(1 + exp(x)) without overflow."),
    elementwise("relu(x)", "ops.relu", "maximum(x, 0)", "where(x > 0, 1, 0)", on=(NONZERO,), kinks=["x"],
                convention="0 at 0", peers=Peers("relu(x)", 0.0, "0", "0", "1/2"), doc="max(x, 0)."),
    elementwise("logaddexp(x, y)", "numpy.logaddexp", "log(exp(x) + exp(y))", "sigmoid(x - y)", "sigmoid(y - x)",
                on=(REAL, REAL), doc="log(exp(x) + exp(y)) without overflow."),
    elementwise("erf(x)", "scipy.special.erf", "erf", "2/sqrt(pi)*exp(-x**2)", analytic=True, doc="Error function."),
    elementwise("erfc(x)", "ops.normal.erfc", "erfc", "-2/sqrt(pi)*exp(-x**2)",
                analytic=True, doc="Complementary error function, 1 - erf(x)."),
    elementwise("gamma(x)", "scipy.special.gamma", "gamma", "out*digamma(x)", on=(POSITIVE,), analytic=True,
                doc="Gamma function."),
    elementwise("lgamma(x)", "scipy.special.gammaln", "log(abs(gamma(x)))", "digamma(x)", on=(POSITIVE,),
                aliases=["gammaln", "loggamma"], doc="log(abs(gamma(x)))."),
    elementwise("digamma(x)", "scipy.special.digamma", "digamma", "polygamma(1, x)", on=(POSITIVE,),
                aliases=["psi"], analytic=True, doc="Derivative of lgamma."),
    elementwise("polygamma(n, x)", "ops.polygamma", "polygamma", None, "polygamma(n + 1, x)",
                on=(ORDER1, POSITIVE), doc="n-th derivative of digamma, for n = 0, 1, 2, ..."),
    elementwise("beta(x, y)", "scipy.special.beta", "gamma(x)*gamma(y)/gamma(x + y)",
                "out*(digamma(x) - digamma(x + y))", "out*(digamma(y) - digamma(x + y))", on=(POSITIVE, POSITIVE),
                doc="Beta function, gamma(x)*gamma(y)/gamma(x + y)."),
    elementwise("betaln(x, y)", "scipy.special.betaln", "lgamma(x) + lgamma(y) - lgamma(x + y)",
                "digamma(x) - digamma(x + y)", "digamma(y) - digamma(x + y)", on=(POSITIVE, POSITIVE),
                aliases=["lbeta"], doc="log(abs(beta(x, y)))."),
    elementwise("erfinv(x)", "scipy.special.erfinv", "erfinv", "sqrt(pi)/2*exp(out**2)", on=(UNIT,),
                doc="Inverse of the error function."),
    elementwise("erfcx(x)", "scipy.special.erfcx", "exp(x**2)*erfc(x)", "2*x*out - 2/sqrt(pi)",
                analytic=True, doc="exp(x**2)*erfc(x) without underflow."),
    elementwise("ndtr(x)", "ops.normal.ndtr", "erfc(-x/sqrt(2))/2", "exp(-x**2/2)/sqrt(2*pi)",
                analytic=True, doc="Distribution function of the standard normal distribution."),
    elementwise("log_ndtr(x)", "scipy.special.log_ndtr", "log(ndtr(x))", "sqrt(2/pi)/erfcx(-x/sqrt(2))",
                doc="log(ndtr(x)) without underflow."),
    elementwise("j0(x)", "scipy.special.j0", "jv(0, x)", "-j1(x)", doc="Bessel function of order 0."),
    elementwise("j1(x)", "scipy.special.j1", "jv(1, x)", "(j0(x) - jv(2, x))/2", doc="Bessel function of order 1."),
    elementwise("jv(n, x)", "scipy.special.jv", "besselj", None, "(jv(n - 1, x) - jv(n + 1, x))/2",
                on=(ORDER1, REAL), aliases=["besselj"], doc="Bessel function of order n."),
    elementwise("i0(x)", "scipy.special.i0", "iv(0, x)", "i1(x)", doc="Modified Bessel function of order 0."),
    elementwise("i1(x)", "scipy.special.i1", "iv(1, x)", "(i0(x) + iv(2, x))/2",
                doc="Modified Bessel function of order 1."),
    elementwise("iv(n, x)", "scipy.special.iv", "besseli", None, "(iv(n - 1, x) + iv(n + 1, x))/2",
                on=(ORDER1, REAL), aliases=["besseli"], analytic=True, doc="Modified Bessel function of order n."),
    elementwise("sinc(x)", "ops.cardinal.sinc", "dsinc(0, x)", "dsinc(1, x)", doc="sin(pi*x)/(pi*x), 1 at 0."),
    elementwise("dsinc(n, x)", "ops.cardinal.dsinc", "dsinc", None, "dsinc(n + 1, x)", on=(ORDER1, REAL),
                doc="n-th derivative of sinc, for n = 0, 1, 2, ..."),
    elementwise("xlogy(x, y)", "scipy.special.xlogy", "where(x == 0, 0, x*log(y))",
                "log(y)", "x/where((x == 0) & (y == 0), 1, y)", on=(REAL, POSITIVE), kinks=["abs(x) + abs(y)"],
                convention="-inf at (0, 0)", peers=Peers("xlogy(x, x)", 0.0, "nan", "nan", ""),
                analytic=True, doc="x*log(y), 0 where x is 0."),
    elementwise("entr(x)", "scipy.special.entr", "where(x == 0, 0, -x*log(x))", "-1 - log(x)", on=(POSITIVE,),
                kinks=["x"], convention="inf at 0", peers=Peers("entr(x)", 0.0, "inf", "inf", ""),
                doc="Entropy, -x*log(x), 0 at 0."),
    elementwise("logit(x)", "scipy.special.logit", "log(x/(1 - x))", "1/(x*(1 - x))", on=(OPEN01,),
                doc="Inverse of the logistic function, log(x/(1 - x))."),
    elementwise("log_sigmoid(x)", "scipy.special.log_expit", "-log(1 + exp(-x))", "sigmoid(-x)",
                aliases=["logsigmoid", "log_expit"], doc="log(sigmoid(x)) without underflow."),
    elementwise("silu(x)", "ops.silu", "x/(1 + exp(-x))", "sigmoid(x)*(1 + x*sigmoid(-x))", aliases=["swish"],
                doc="x*sigmoid(x)."),
    elementwise("gelu(x)", "ops.normal.gelu", "x*erfc(-x/sqrt(2))/2", "ndtr(x) + x*exp(-x**2/2)/sqrt(2*pi)",
                analytic=True, doc="x*ndtr(x)."),
)  # fmt: skip

"""Reductions of axes to one entry each."""

from __future__ import annotations

from gradcli.ops.entry.declare import general, reduction
from gradcli.ops.entry.domains import NONZERO
from gradcli.ops.entry.op import Op, Peers

_TIES = "where(x == out, g, 0)/sum(where(x == out, 1, 0))"
_COUNT = "len(x)*len(x.T)"

ENTRIES: tuple[Op, ...] = (
    reduction("sum(x; axis=None, *, keepdims=False)", "numpy.sum", "Add", "1", analytic=True, doc="Sum over axes."),
    reduction("mean(x; axis=None, *, keepdims=False)", "numpy.mean", "mean", "1/n", analytic=True,
              doc="Arithmetic mean over axes."),
    reduction("prod(x; axis=None, *, keepdims=False)", "numpy.prod", "Mul", "ops.product_of_others",
              sample_domains=NONZERO, domain="all reals", analytic=True, doc="Product over axes."),
    reduction("max(x; axis=None, *, keepdims=False)", "numpy.max", "Max", "ops.share_of_ties", pairwise="maximum",
              texts={"1": (_TIES,), "2": (_TIES,)},
              kinks=["ties"], convention="ties share equally", aliases=["amax"], selects_entries=True,
              peers=Peers("max([x, 1])", 1.0, "0.5", "0.5", "1/2"), doc="Largest entry over axes."),
    reduction("min(x; axis=None, *, keepdims=False)", "numpy.min", "Min", "ops.share_of_ties", pairwise="minimum",
              texts={"1": (_TIES,), "2": (_TIES,)},
              kinks=["ties"], convention="ties share equally", aliases=["amin"], selects_entries=True,
              peers=Peers("min([x, 1])", 1.0, "0.5", "0.5", "1/2"), doc="Smallest entry over axes."),
    reduction("norm(x; ord=None, axis=None, keepdims=False)", "ops.norms.norm", "matrices.norm",
              "x/where(out == 0, inf, out)", otherwise="ops.norms.norm_weight", kinks=["norm(x)"],
              convention="0 at 0; ties share equally",
              peers=Peers("norm([x, 0])", 0.0, "0", "nan", "0"),
              unstable_forms=["sqrt(sum(x**2))", "sqrt(dot(x, x))", "sqrt(x@x)"],
              doc="Euclidean (Frobenius) norm, or that of another order, of vectors or matrices."),
    reduction("var(x; axis=None, *, keepdims=False, ddof=0)", "numpy.var", "matrices.var",
              "ops.reduction_rules.deviation",
              texts={"1": ("2*g*(x - mean(x))/len(x)",), "2": (f"2*g*(x - mean(x))/({_COUNT})",)},
              doc="Variance over axes: the sum of the squared deviations, divided by n - ddof."),
    reduction("std(x; axis=None, *, keepdims=False, ddof=0)", "numpy.std", "matrices.std",
              "ops.reduction_rules.standardised", kinks=["var(x)"], convention="0 where all entries are equal",
              peers=Peers("std([x, 1])", 1.0, "0", "nan", "0"),
              texts={"1": ("g*(x - mean(x))/(len(x)*where(out == 0, inf, out))",),
                     "2": (f"g*(x - mean(x))/({_COUNT}*where(out == 0, inf, out))",)},
              unstable_forms=["sqrt(var(x))"],
              doc="Standard deviation, sqrt(var(x))."),
    reduction("logsumexp(x; axis=None, *, keepdims=False)", "ops.reduction_rules.logsumexp", "logsumexp",
              "ops.reduction_rules.softmax_weight", texts={"1": ("g*softmax(x)",), "2": ("g*exp(x - out)",)},
              unstable_forms=["log(sum(exp(x)))"],
              doc="log(sum(exp(x))) over axes without overflow."),
    reduction("median(x; axis=None, *, keepdims=False)", "numpy.median", "median", "ops.reduction_rules.median_weight",
              kinks=["ties"], convention="ties share equally", selects_entries=True,
              peers=Peers("median([x, 1, 1])", 1.0, "0.3333333333333333", "0", ""),
              doc="Middle entry over axes, or the mean of the two middle ones."),
    general("any(x; axis=None, *, keepdims=False)", "numpy.any", "matrices.any", accepts_bool=True,
            doc="Whether any entry is not 0."),
    general("all(x; axis=None, *, keepdims=False)", "numpy.all", "matrices.all", accepts_bool=True,
            doc="Whether no entry is 0."),
    general("count_nonzero(x; axis=None, *, keepdims=False)", "ops.count_nonzero", "matrices.count_nonzero",
            doc="How many entries are not 0."),
    general("argmax(x; axis=None, *, keepdims=False)", "numpy.argmax", "matrices.argmax",
            doc="Position of the largest entry, the first of several."),
    general("argmin(x; axis=None, *, keepdims=False)", "numpy.argmin", "matrices.argmin",
            doc="Position of the smallest entry, the first of several."),
)  # fmt: skip

"""Operations on whole numbers that name classes, losses made of them, and other operations that are made of others."""

from __future__ import annotations

from gradcli.ops.entry.declare import composite, constructor
from gradcli.ops.entry.op import Op

ENTRIES: tuple[Op, ...] = (
    constructor("one_hot(; indices, n)", "ops.labels.one_hot", output_size="ops.size_rules.one_hot",
                doc="For each whole number a row of n numbers, 1 at its place and 0 elsewhere."),
    constructor("class_labels(; indices)", "ops.labels.class_labels", output_size="ops.size_rules.class_labels",
                doc="Whole numbers from 0 up, as an index."),
    composite("cross_entropy(x, target)", "ops.labels.cross_entropy",
              "-log_softmax(x)[target], or -sum(target*log_softmax(x))",
              doc="A classifier's loss, the mean of -log(softmax(x)) at the target: whole numbers for classes, or "
                  "probabilities; classes are along the second axis, of a vector along its only one, as in PyTorch."),
    composite("quantile(x, q; axis=None)", "numpy.quantile",
              "s[k] + (h - k)*(s[k + 1] - s[k]) with s = sort(x), h = q*(len(x) - 1), k = floor(h)",
              doc="Quantile by linear interpolation, of all entries or along an axis; q is a number, without an axis "
                  "an array too; of equal entries the one that a stable sort picks has the derivative."),
    composite("interp(x, xp, fp)", "numpy.interp",
              "fp[k] + (fp[k + 1] - fp[k])*(x - xp[k])/(xp[k + 1] - xp[k]) with xp[k] <= x < xp[k + 1]",
              doc="Linear interpolation between the points (xp, fp), fp[0] and fp[-1] beyond them; NaN unless xp "
                  "increases. At the nodes it is at a kink."),
    composite("cubic_spline(x, xp, fp)", "ops.interpolation.cubic_spline",
              "the piecewise cubic with two continuous derivatives through the points (xp, fp)",
              doc="Cubic spline through four points or more, not-a-knot at its ends, continued beyond them: SciPy's "
                  "CubicSpline(xp, fp)(x); NaN unless xp increases."),
    composite("ediff1d(x)", "numpy.ediff1d", "x[1:] - x[:-1]",
              doc="Differences of neighbours, of the flattened array."),
    composite("convolve(a, v; mode='full')", "numpy.convolve", "out[k] = sum of a[i]*v[k - i]",
              doc="Convolution of two vectors; mode 'same' keeps the longer one's length, 'valid' whole overlaps."),
)  # fmt: skip

"""Cumulative sums and products, softmax, sorting, and what only counts or points."""

from __future__ import annotations

from gradcli.ops.entry.declare import general, linear
from gradcli.ops.entry.op import OBJECTS, Op, Peers

ENTRIES: tuple[Op, ...] = (
    linear("cumsum(x; axis=None)", "numpy.cumsum", OBJECTS, transpose="ops.scan_rules.cumsum_transpose",
           texts={"1": ("flip(cumsum(flip(g)))",)},
           doc="Sum of the entries up to each one, along an axis or of the flattened array."),
    general("cumprod(x; axis=None)", "numpy.cumprod", OBJECTS, vjps=["ops.scan_rules.cumprod_pull"],
            jvps=["ops.scan_rules.cumprod_push"],
            analytic=True, doc="Product of the entries up to each one, along an axis or of the flattened array."),
    general("softmax(x; axis=-1)", "ops.scan_rules.softmax", "matrices.softmax", vjps=["ops.scan_rules.softmax_pull"],
            jvps=["ops.scan_rules.softmax_pull"], texts={"1": ("out*(g - sum(g*out))",)},
            unstable_forms=["exp(x)/sum(exp(x))"],
            doc="exp(x)/sum(exp(x)) over an axis."),
    general("log_softmax(x; axis=-1)", "ops.scan_rules.log_softmax", "matrices.log_softmax",
            vjps=["ops.scan_rules.log_softmax_pull"], jvps=["ops.scan_rules.log_softmax_push"],
            texts={"1": ("g - sum(g)*softmax(x)",)},
            unstable_forms=["log(softmax(x))", "log(exp(x)/sum(exp(x)))"],
            doc="log(softmax(x)) without underflow."),
    general("sort(x; axis=-1)", "numpy.sort", "matrices.sort", vjps=["ops.scan_rules.sort_pull"],
            jvps=["ops.scan_rules.sort_push"], kinks=["ties"], convention="that of a stable sort",
            peers=Peers("sort([x, 1])[1]", 1.0, "0", "0", ""),
            selects_entries=True, doc="Entries in ascending order."),
    general("argsort(x; axis=-1)", "ops.scan_rules.argsort", "matrices.argsort",
            doc="Positions that sort the entries, equal ones in their order."),
)  # fmt: skip

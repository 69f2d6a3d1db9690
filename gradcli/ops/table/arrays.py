"""Views, joins, indexing and constructors."""

from __future__ import annotations

from gradcli.ops.entry.declare import constructor, linear, predicate
from gradcli.ops.entry.op import OBJECTS, Op

_N = "ops.size_rules."
_W = "ops.windows."

ENTRIES: tuple[Op, ...] = (
    linear("trace(x)", "numpy.trace", OBJECTS, transpose="ops.trace_transpose",
           texts={"2": ("g*eye(len(x))",)}, doc="Sum of the diagonal."),
    linear("transpose(x; axes=None)", "numpy.transpose", OBJECTS, transpose="ops.transpose_transpose",
           texts={"1": ("g",), "2": ("g.T",)},
           aliases=["T"], views=True, doc="The axes in reverse order, or in a given one."),
    linear("reshape(x; shape)", "numpy.reshape", OBJECTS, transpose="ops.reshape_transpose",
           node="ViewBackward0", views=True, doc="The same entries in another shape."),
    linear("broadcast_to(x; shape)", "numpy.broadcast_to", OBJECTS, transpose="ops.broadcast_transpose",
           node="ExpandBackward0", views=True, output_size=_N + "broadcast_to",
           doc="The array repeated along new axes or axes of length one."),
    linear("concatenate(*arrays; axis=0)", "ops.concatenate", OBJECTS, transpose="ops.concatenate_transpose",
           aliases=["concat", "cat"], node="CatBackward0", doc="Arrays joined along an axis."),
    linear("stack(*arrays; axis=0)", "ops.stack", OBJECTS, transpose="ops.stack_transpose",
           aliases=["array"], accepts_bool=True, doc="Arrays of one shape joined along a new axis."),
    linear("hstack(*arrays)", "ops.hstack", OBJECTS, transpose="ops.hstack_transpose", node="CatBackward0",
           doc="Arrays joined along the second axis, vectors end to end."),
    linear("vstack(*arrays)", "ops.vstack", OBJECTS, transpose="ops.vstack_transpose", node="CatBackward0",
           doc="Arrays joined along the first axis, vectors as rows."),
    linear("getitem(x; index)", "ops.getitem", OBJECTS, transpose="ops.getitem_transpose",
           node="IndexBackward0", views=True, accepts_bool=True,
           doc="Entries picked by NumPy indexing, x[...]."),
    linear("as_strided(x; window, index)", _W + "gather", OBJECTS, transpose=_W + "gather_transpose",
           doc="Entries picked by their places in memory: a view of changed memory."),
    linear("copy_slices(*arrays; window, index)", _W + "copy_slices", OBJECTS,
           transpose=_W + "copy_slices_transpose", node="CopySlices", analytic=False,
           doc="The first array with the second put at places in its memory."),
    linear("astype(x; dtype)", "ops.astype", OBJECTS, transpose="ops.identity_transpose", aliases=["to"],
           node="ToCopyBackward0", analytic=False, doc="The same numbers in another type."),
    linear("clone(x)", "ops.clone", OBJECTS, transpose="ops.identity_transpose", doc="A copy."),
    linear("scatter(x; index, shape)", "ops.scatter", OBJECTS, transpose="ops.scatter_transpose",
           doc="Zeros of a shape with x added at an index: the transpose of indexing."),
    constructor("zeros(; shape)", "numpy.zeros", output_size=_N + "shape_given", doc="Array of zeros."),
    constructor("ones(; shape)", "numpy.ones", output_size=_N + "shape_given", doc="Array of ones."),
    constructor("eye(; n, m=None)", "numpy.eye", output_size=_N + "eye", doc="Identity matrix."),
    constructor("linspace(; start, stop, num=50)", "numpy.linspace",
                output_size=_N + "linspace", doc="Evenly spaced numbers, both ends included."),
    constructor("arange(; start, stop=None, step=1)", "ops.arange",
                output_size=_N + "arange", doc="Numbers from start up to stop (excluded)."),
    predicate("len(x)", "ops.length", OBJECTS, accepts_bool=True, doc="Length of the first axis."),
    constructor("slice(; start, stop, step)", "ops.make_slice", doc="A range of an index, start:stop:step."),
)  # fmt: skip

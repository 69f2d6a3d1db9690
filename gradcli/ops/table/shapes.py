"""Shapes and selections: linear maps that move, drop or repeat entries."""

from __future__ import annotations

from gradcli.ops.entry.declare import general, linear
from gradcli.ops.entry.op import OBJECTS, Op

_R = "ops.shape_rules."
_N = "ops.size_rules."

ENTRIES: tuple[Op, ...] = (
    linear("ravel(x)", "numpy.ravel", OBJECTS, transpose=_R + "reshaped", aliases=["flatten"], views=True,
           doc="All entries as a vector."),
    linear("squeeze(x; axis=None)", "numpy.squeeze", OBJECTS, transpose=_R + "reshaped", views=True,
           doc="The array without its axes of length one."),
    linear("expand_dims(x; axis)", "numpy.expand_dims", OBJECTS, transpose=_R + "reshaped", views=True,
           doc="The array with a new axis of length one."),
    linear("moveaxis(x; source, destination)", "numpy.moveaxis", OBJECTS, transpose=_R + "moveaxis_transpose",
           aliases=["movedim"], views=True, doc="Axes moved to other positions."),
    linear("swapaxes(x; axis1, axis2)", "numpy.swapaxes", OBJECTS, transpose=_R + "swapaxes_transpose",
           views=True, doc="Two axes exchanged."),
    linear("flip(x; axis=None)", _R + "flip", OBJECTS, transpose=_R + "flip_transpose", texts={"1": ("flip(g)",)},
           doc="Entries in reverse order along axes."),
    linear("roll(x; shift, axis=None)", "numpy.roll", OBJECTS, transpose=_R + "roll_transpose",
           doc="Entries shifted along axes, those beyond the end put at the beginning."),
    linear("tile(x; reps)", "numpy.tile", OBJECTS, transpose=_R + "tile_transpose",
           output_size=_N + "tile", doc="Copies of the array side by side."),
    linear("repeat(x; repeats, axis=None)", "numpy.repeat", OBJECTS, transpose=_R + "repeat_transpose",
           output_size=_N + "repeat", doc="Each entry several times."),
    linear("pad(x; pad_width)", _R + "pad", OBJECTS, transpose=_R + "pad_transpose",
           output_size=_N + "pad", doc="The array with zeros around it."),
    linear("take(x; indices, axis=None)", _R + "take", OBJECTS, transpose=_R + "take_transpose",
           output_size=_N + "take", doc="Entries, or slices along an axis, by their positions."),
    linear("take_along_axis(x; indices, axis=-1)", _R + "take_along_axis", OBJECTS,
           transpose=_R + "take_along_axis_transpose", doc="Entries by their positions on one axis."),
    linear("diag(x; k=0)", _R + "diag", OBJECTS, transpose=_R + "diag_transpose",
           output_size=_N + "diag", doc="Matrix with a vector on its diagonal, or the diagonal of a matrix."),
    linear("diagonal(x; offset=0, axis1=0, axis2=1)", _R + "diagonal", OBJECTS, transpose=_R + "diagonal_transpose",
           views=True, doc="Diagonals of two axes, as the last axis."),
    linear("tril(x; k=0)", "numpy.tril", OBJECTS, transpose=_R + "tril_transpose",
           output_size=_N + "triangle", doc="Lower triangle."),
    linear("triu(x; k=0)", "numpy.triu", OBJECTS, transpose=_R + "triu_transpose",
           output_size=_N + "triangle", doc="Upper triangle."),
    linear("unbind(x; axis=0)", "ops.unbind", OBJECTS, transpose="ops.unbind_transpose", multi_output=True, views=True,
           aliases=["unstack"], doc="The slices along an axis, one by one."),
    linear("split(x; sections, axis=0)", _R + "split", OBJECTS, transpose=_R + "joined", multi_output=True, views=True,
           doc="As many equal pieces along an axis as asked for, or the pieces between positions."),
    linear("split_with_sizes(x; sections, axis=0)", _R + "split", OBJECTS, transpose=_R + "joined", multi_output=True,
           views=True, doc="The pieces between positions, for a split into given sizes."),
    linear("array_split(x; sections, axis=0)", _R + "array_split", OBJECTS, transpose=_R + "joined", multi_output=True,
           views=True, aliases=["tensor_split"], node="SliceBackward0",
           doc="As split, but the lengths of the pieces may differ by one."),
    linear("chunk(x; chunks, axis=0)", _R + "chunk", OBJECTS, transpose=_R + "joined", multi_output=True, views=True,
           node="SplitBackward0",
           doc="Pieces along an axis, at most as many as asked for, all of one size but the last."),
    linear("meshgrid(*arrays; indexing='xy')", _R + "meshgrid", OBJECTS, transpose=_R + "meshgrid_transpose",
           multi_output=True, output_size=_N + "meshgrid",
           doc="Coordinates of the points of a grid, one array for each axis."),
    linear("unpack(x; place, count)", _R + "unpack", OBJECTS, transpose=_R + "unpack_transpose", views=True,
           doc="One of the slices along the first axis, as a, b = x takes them apart."),
    general("output(x; index, count=None)", "gradcli.ops.calls.outputs.pick", OBJECTS,
            doc="One of an operation's several outputs, or a range of them."),
)  # fmt: skip

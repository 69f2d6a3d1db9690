"""Products of arrays."""

from __future__ import annotations

from gradcli.ops.entry.declare import general, multilinear
from gradcli.ops.entry.op import OBJECTS, Op

_R = "ops.product_rules."
_N = "ops.size_rules."

_PRODUCT = {
    "11": ("g*b", "g*a"),
    "12": ("b@g", "outer(a, g)"),
    "21": ("outer(g, b)", "a.T@g"),
    "22": ("g@b.T", "a.T@g"),
}

ENTRIES: tuple[Op, ...] = (
    multilinear("matmul(a, b)", "numpy.matmul", OBJECTS, transposes=("ops.matmul_a", "ops.matmul_b"), infix="@",
                texts=_PRODUCT,
                output_size=_N + "matmul", doc="Matrix product, batched over leading axes."),
    multilinear("dot(a, b)", "numpy.dot", OBJECTS, transposes=(_R + "dot_a", _R + "dot_b"), texts=_PRODUCT,
                output_size=_N + "dot", doc="Dot product of vectors, matrix product of matrices."),
    multilinear("outer(a, b)", "numpy.outer", OBJECTS, transposes=("ops.outer_a", "ops.outer_b"),
                texts={"11": ("g@b", "a@g")},
                output_size=_N + "outer", doc="Outer product of two vectors."),
    multilinear("inner(a, b)", "numpy.inner", OBJECTS, transposes=(_R + "inner_a", _R + "inner_b"),
                texts={"11": ("g*b", "g*a"), "12": ("b.T@g", "outer(g, a)"), "21": ("outer(g, b)", "a.T@g"),
                       "22": ("g@b", "g.T@a")},
                output_size=_N + "inner", doc="Sums of products over the last axes."),
    multilinear("vdot(a, b)", "numpy.vdot", "matrices.vdot", transposes=(_R + "vdot_a", _R + "vdot_b"),
                texts={"11": ("g*b", "g*a"), "22": ("g*b", "g*a")},
                analytic=False, doc="Dot product of all entries."),
    multilinear("kron(a, b)", "numpy.kron", OBJECTS, transposes=(_R + "kron_a", _R + "kron_b"),
                output_size=_N + "kron", doc="Kronecker product."),
    multilinear("cross(a, b)", _R + "cross", "matrices.cross", transposes=(_R + "cross_a", _R + "cross_b"),
                doc="Vector product of vectors of three entries."),
    multilinear("tensordot(a, b; axes=2)", "numpy.tensordot", OBJECTS,
                transposes=(_R + "tensordot_a", _R + "tensordot_b"),
                output_size=_N + "tensordot", doc="Sums of products over the given axes of both."),
    general("einsum(*operands; subscripts)", _R + "einsum", OBJECTS, vjps=[_R + "einsum_pull"],
            jvps=[_R + "einsum_push"], analytic=True,
            output_size=_N + "einsum", doc='Sums of products, einsum("ij,jk->ik", a, b).'),
)  # fmt: skip

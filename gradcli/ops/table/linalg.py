"""Linear algebra on the last two axes."""

from __future__ import annotations

from gradcli.ops.entry.declare import general
from gradcli.ops.entry.op import Hints, Op, Peers

_R = "ops.linalg_rules."
_F = "ops.function_rules."
_S = "ops.spectral_rules."
_D = "ops.decomposition_rules."

ENTRIES: tuple[Op, ...] = (
    general("det(x)", _R + "det", "matrices.det", vjps=[_R + "det_pull"], jvps=[_R + "det_push"],
            analytic=True, backward_stable=True, doc="Determinant."),
    general("cofactors(x)", _R + "cofactors", "matrices.cofactors", vjps=[_R + "cofactors_pull"],
            jvps=[_R + "cofactors_push"], backward_stable=True,
            doc="Matrix of cofactors: the derivative of the determinant."),
    general("logabsdet(x)", _R + "logabsdet", "matrices.logabsdet", vjps=[_R + "logabsdet_pull"],
            jvps=[_R + "logabsdet_push"], aliases=["logdet"],
            nonfinite_hints=Hints(infinite="the matrix is singular"),
            unstable_forms=["log(det(x))"],
            backward_stable=True, doc="log(abs(det(x))) without overflow."),
    general("inv(x)", _R + "inv", "matrices.inv", vjps=[_R + "inv_pull"], jvps=[_R + "inv_push"],
            analytic=True,
            nonfinite_hints=Hints(infinite="the matrix is singular"),
            backward_stable=True, inverse=_R + "inv", doc="Inverse matrix."),
    general("pinv(x)", _R + "pinv", "matrices.pinv", vjps=[_R + "pinv_pull"], jvps=[_R + "pinv_push"],
            backward_stable=True, inverse=_R + "pinv", doc="Moore-Penrose inverse, differentiated at constant rank."),
    general("solve(a, b)", _R + "solve", "matrices.solve", vjps=[_R + "solve_a", _R + "solve_b"],
            jvps=[_R + "solve_push_a", _R + "solve_push_b"], quotient=(_R + "times_matrix", _R + "over_matrix"),
            analytic=True, backward_stable=True, doc="Solution x of a @ x = b."),
    general("cholesky(x)", _R + "cholesky", "matrices.cholesky", vjps=[_R + "cholesky_pull"],
            jvps=[_R + "cholesky_push"], backward_stable=True, inverse=_R + "from_cholesky",
            doc="Lower triangular factor of the symmetric part of x."),
    general("matrix_power(x; n)", _F + "matrix_power", "matrices.matrix_power", vjps=[_F + "matrix_power_pull"],
            jvps=[_F + "matrix_power_push"], of_matrices=True, analytic=True,
            backward_stable=True, doc="Matrix power with a whole exponent."),
    general("expm(x)", _F + "expm", "matrices.expm", vjps=[_F + "expm_pull"], jvps=[_F + "expm_push"],
            of_matrices=True, backward_stable=True, doc="Matrix exponential."),
    general("eigvalsh(x)", _S + "eigvalsh", "matrices.eigvalsh", vjps=[_S + "eigvalsh_pull"],
            jvps=[_S + "eigvalsh_push"], kinks=["ties"], convention="that of some choice of eigenvectors",
            peers=Peers("eigvalsh([[x, 0], [0, 1]])[0]", 1.0, "1", "1", ""),
            backward_stable=True, doc="Eigenvalues of the symmetric part of x, in ascending order."),
    general("eigenvectors(x)", _S + "eigenvectors", "matrices.eigenvectors", vjps=[_S + "eigenvectors_pull"],
            jvps=[_S + "eigenvectors_push"], backward_stable=True, doc="Eigenvectors of the symmetric part of x."),
    general("slogdet(x)", _D + "slogdet", "matrices.slogdet", vjps=[_D + "slogdet_pull"], jvps=[_D + "slogdet_push"],
            outputs=["sign", "logabsdet"], node="LinalgSlogdetBackward0", backward_stable=True,
            nonfinite_hints=Hints(infinite="the matrix is singular"),
            doc="Sign of the determinant, and log(abs(det(x))) without overflow."),
    general("eigh(x)", _D + "eigh", "matrices.eigh", vjps=[_D + "eigh_pull"], jvps=[_D + "eigh_push"],
            outputs=["eigenvalues", "eigenvectors"], node="LinalgEighBackward0", backward_stable=True,
            inverse=_D + "from_eigh", kinks=["ties"],
            convention="of equal eigenvalues that of some choice; their eigenvectors have none",
            peers=Peers("eigh([[x, 0], [0, 1]])[0][0]", 1.0, "1", "1", ""),
            nonfinite_hints=Hints(steep="eigenvectors of equal eigenvalues have no derivative"),
            doc="Eigenvalues in ascending order and eigenvectors, as columns, of the symmetric part of x."),
    general("svd(x; full_matrices=False)", _D + "svd", "matrices.svd", vjps=[_D + "svd_pull"],
            jvps=[_D + "svd_push"], outputs=["U", "S", "Vh"], node="LinalgSvdBackward0", backward_stable=True,
            inverse=_D + "from_svd", kinks=["ties"],
            convention="of equal singular values that of some choice; their vectors have none",
            peers=Peers("svd([[x, 0], [0, 1]])[1][0]", 1.0, "1", "1", ""),
            nonfinite_hints=Hints(steep="singular vectors of equal singular values, or of 0, have no derivative"),
            doc="U, S, Vh with x = U @ diag(S) @ Vh, the singular values S in descending order."),
    general("qr(x; mode='reduced')", _D + "qr", "matrices.qr", vjps=[_D + "qr_pull"], jvps=[_D + "qr_push"],
            outputs=["Q", "R"], node="LinalgQrBackward0", backward_stable=True,
            doc="Q, R with x = Q @ R, Q's columns orthonormal and R upper triangular."),
    general("svdvals(x)", _S + "svdvals", "matrices.svdvals", vjps=[_S + "svdvals_pull"],
            jvps=[_S + "svdvals_push"], kinks=["ties"], convention="that of some choice of singular vectors",
            peers=Peers("svdvals([[x, 0], [0, 1]])[0]", 1.0, "1", "1", ""),
            backward_stable=True, doc="Singular values, in descending order."),
)  # fmt: skip

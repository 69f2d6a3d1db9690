"""Linear algebra on the last two axes."""

from __future__ import annotations

from gradcli.ops.entry.entry import Op, Peers, Trouble, general

_R = "ops.linalg_rules."
_F = "ops.function_rules."
_S = "ops.spectral_rules."
_D = "ops.decomposition_rules."

ENTRIES: tuple[Op, ...] = (
    general("det(x)", _R + "det", "matrices.det", pulls=[_R + "det_pull"], pushes=[_R + "det_push"],
            analytic=True, stable=True, doc="Determinant."),
    general("cofactors(x)", _R + "cofactors", "matrices.cofactors", pulls=[_R + "cofactors_pull"],
            pushes=[_R + "cofactors_push"], stable=True, doc="Matrix of cofactors: the derivative of the determinant."),
    general("logabsdet(x)", _R + "logabsdet", "matrices.logabsdet", pulls=[_R + "logabsdet_pull"],
            pushes=[_R + "logabsdet_push"], aliases=["logdet"],
            trouble=Trouble(infinite="the matrix is singular"),
            replaces=["log(det(x))"],
            stable=True, doc="log(abs(det(x))) without overflow."),
    general("inv(x)", _R + "inv", "matrices.inv", pulls=[_R + "inv_pull"], pushes=[_R + "inv_push"],
            analytic=True,
            trouble=Trouble(infinite="the matrix is singular"),
            stable=True, undo=_R + "inv", doc="Inverse matrix."),
    general("pinv(x)", _R + "pinv", "matrices.pinv", pulls=[_R + "pinv_pull"], pushes=[_R + "pinv_push"],
            stable=True, undo=_R + "pinv", doc="Moore-Penrose inverse, differentiated at constant rank."),
    general("solve(a, b)", _R + "solve", "matrices.solve", pulls=[_R + "solve_a", _R + "solve_b"],
            pushes=[_R + "solve_push_a", _R + "solve_push_b"], undoes=(_R + "times_matrix", _R + "over_matrix"),
            analytic=True, stable=True, doc="x with a @ x = b."),
    general("cholesky(x)", _R + "cholesky", "matrices.cholesky", pulls=[_R + "cholesky_pull"],
            pushes=[_R + "cholesky_push"], stable=True, undo=_R + "from_cholesky",
            doc="Lower triangular factor of the symmetric part of x."),
    general("matrix_power(x; n)", _F + "matrix_power", "matrices.matrix_power", pulls=[_F + "matrix_power_pull"],
            pushes=[_F + "matrix_power_push"], of_matrices=True, analytic=True,
            stable=True, doc="Matrix power with a whole exponent."),
    general("expm(x)", _F + "expm", "matrices.expm", pulls=[_F + "expm_pull"], pushes=[_F + "expm_push"],
            of_matrices=True, stable=True, doc="Matrix exponential."),
    general("eigvalsh(x)", _S + "eigvalsh", "matrices.eigvalsh", pulls=[_S + "eigvalsh_pull"],
            pushes=[_S + "eigvalsh_push"], kinks=["ties"], convention="that of some choice of eigenvectors",
            peers=Peers("eigvalsh([[x, 0], [0, 1]])[0]", 1.0, "1", "1", ""),
            stable=True, doc="Eigenvalues of the symmetric part of x, in ascending order."),
    general("eigenvectors(x)", _S + "eigenvectors", "matrices.eigenvectors", pulls=[_S + "eigenvectors_pull"],
            pushes=[_S + "eigenvectors_push"], stable=True, doc="Eigenvectors of the symmetric part of x."),
    general("slogdet(x)", _D + "slogdet", "matrices.slogdet", pulls=[_D + "slogdet_pull"], pushes=[_D + "slogdet_push"],
            outputs=["sign", "logabsdet"], node="LinalgSlogdetBackward0", stable=True,
            trouble=Trouble(infinite="the matrix is singular"),
            doc="Sign of the determinant, and log(abs(det(x))) without overflow."),
    general("eigh(x)", _D + "eigh", "matrices.eigh", pulls=[_D + "eigh_pull"], pushes=[_D + "eigh_push"],
            outputs=["eigenvalues", "eigenvectors"], node="LinalgEighBackward0", stable=True, undo=_D + "from_eigh",
            kinks=["ties"], convention="of equal eigenvalues that of some choice; their eigenvectors have none",
            peers=Peers("eigh([[x, 0], [0, 1]])[0][0]", 1.0, "1", "1", ""),
            trouble=Trouble(steep="eigenvectors of equal eigenvalues have no derivative"),
            doc="Eigenvalues in ascending order and eigenvectors, as columns, of the symmetric part of x."),
    general("svd(x; full_matrices=False)", _D + "svd", "matrices.svd", pulls=[_D + "svd_pull"],
            pushes=[_D + "svd_push"], outputs=["U", "S", "Vh"], node="LinalgSvdBackward0", stable=True,
            undo=_D + "from_svd", kinks=["ties"],
            convention="of equal singular values that of some choice; their vectors have none",
            peers=Peers("svd([[x, 0], [0, 1]])[1][0]", 1.0, "1", "1", ""),
            trouble=Trouble(steep="singular vectors of equal singular values, or of 0, have no derivative"),
            doc="U, S, Vh with x = U @ diag(S) @ Vh, the singular values S in descending order."),
    general("qr(x; mode='reduced')", _D + "qr", "matrices.qr", pulls=[_D + "qr_pull"], pushes=[_D + "qr_push"],
            outputs=["Q", "R"], node="LinalgQrBackward0", stable=True,
            doc="Q, R with x = Q @ R, Q's columns orthonormal and R upper triangular."),
    general("svdvals(x)", _S + "svdvals", "matrices.svdvals", pulls=[_S + "svdvals_pull"],
            pushes=[_S + "svdvals_push"], kinks=["ties"], convention="that of some choice of singular vectors",
            peers=Peers("svdvals([[x, 0], [0, 1]])[0]", 1.0, "1", "1", ""),
            stable=True, doc="Singular values, in descending order."),
)  # fmt: skip

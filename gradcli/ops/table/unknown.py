"""The error for a function that is not in the table. It is imported with the first such error alone."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from gradcli.errors import NameProblem, Span, suggest

__all__ = ["unknown_function"]

_ELSEWHERE = {
    "absolute_value": "write abs(x)",
    "airy": "write airy_ai(x) or airy_bi(x)",
    "cosec": "write csc(x)",
    "cosecant": "write csc(x)",
    "cosine": "write cos(x)",
    "cotan": "write cot(x)",
    "cotangent": "write cot(x)",
    "derivative": "write diff(e, x)",
    "exponential": "write exp(x)",
    "factorial": "write gamma(x + 1)",
    "fresnel": "write fresnel_s(x) or fresnel_c(x)",
    "igamma": "write gammainc(a, x)",
    "igammac": "write gammaincc(a, x)",
    "gradient": "write grad(e, x) for derivatives; there are no differences along a grid",
    "integral": "gradcli differentiates; it does not integrate",
    "integrate": "gradcli differentiates; it does not integrate",
    "jn": "write jv(n, x)",
    "k0": "write kv(0, x)",
    "k1": "write kv(1, x)",
    "logarithm": "write log(x)",
    "mse_loss": "write mean((x - y)**2)",
    "percentile": "write quantile(x, p/100)",
    "secant": "write sec(x)",
    "sici": "write si(x) or ci(x)",
    "sqr": "write x**2 or square(x)",
    "square_root": "write sqrt(x)",
    "squareroot": "write sqrt(x)",
    "tangent": "write tan(x)",
    "trigamma": "write polygamma(1, x)",
    "y0": "write yv(0, x)",
    "y1": "write yv(1, x)",
    "yn": "write yv(n, x)",
}

# By family: special functions, statistics, arrays, linear algebra, losses and layers, Python's own.
_OTHERS = """
airy airy_ai airy_bi airyai airybi agm bei ber betainc betaincinv log_expm1 binom binomial ci comb dawsn ellipe
ellipeinc ellipj ellipk ellipkinc erfcinv erfi exp1 expi expm expn fresnel fresnel_c fresnel_s gammainc gammaincc
gammaincinv gammasgn hankel hankel1 hankel2 hermite hyp0f1 hyp1f1 hyp2f1 ive i0e i1e jn jve k0 k1 kei ker kn kv kve
laguerre lambertw legendre ndtri owens_t polylog rgamma shi chi si sici spence sph_harm struve voigt wofz y0 y1 yn yv
zeta zetac average corrcoef cov histogram mad mode nancumsum nanmax nanmean nanmin nansum percentile ptp quantile
argwhere bincount choose compress convolve correlate cummax cummin diff ediff1d fft gradient ifft interp cubic_spline
ldexp frexp logaddexp2 logcumsumexp modf divmod nan_to_num nextafter nonzero partition pinverse polyfit polyval put
rot90 searchsorted select signbit spacing tri trapezoid trapz unique vander where_ isnan isinf isfinite isclose
allclose cdist cond eig eigvals expmat funm hankel_matrix kron_sum lstsq null matrix_rank multi_dot orth permanent
solve_triangular sqrtm logm tensorinv tensorsolve toeplitz binary_cross_entropy bce celu dropout elu hardtanh
huber_loss kl_div layer_norm batch_norm leaky_relu mish mse_loss nll_loss prelu relu6 selu softmin softsign tanhshrink
angle arg bool complex conj filter float gcd imag int lcm limit list map print rand randn random range real sorted str
tuple zip
"""
"""Functions of other libraries that the language does not have, though a name of its own is spelled alike: `zeta` is no
`beta`, and `kv` no `jv`. Where one of them comes into the table, it is found there first."""


def unknown_function(name: str, known: Sequence[str], source: str | None, span: Span | None) -> NameProblem:
    """The error for a call of something that is not in the table.

    A name that was probably mistyped is answered with the right one, another function never.

    >>> unknown_function("sqtr", ["sqrt", "jv"], None, None).hint
    "did you mean 'sqrt'?"
    """
    home = _home(name)
    near = suggest(name, list(known))
    if name in _ELSEWHERE:
        hint = _ELSEWHERE[name]
    elif home is not None:  # another function that happens to be spelled alike would be another function
        hint = f"{home} has it, and it is not available here; `gradcli ops` lists what is"
    elif name.lower() in _OTHERS.split():
        hint = "the language has no such function; `gradcli ops` lists those that it has"
    elif near is not None and _is_mistyped(name.lower(), near.lower()):
        hint = f"did you mean '{near}'?"
    elif len(name) <= 2:
        hint = f"to multiply, write {name}*(...)"
    else:
        hint = "`gradcli ops` lists the functions"
    return NameProblem(f"unknown function '{name}'", source=source, span=span, hint=hint)


def _is_mistyped(name: str, meant: str) -> bool:
    """Whether a name differs from another by one slip of the fingers, a long one by two."""
    plain, plain_meant = name.replace("_", ""), meant.replace("_", "")
    if plain_meant in plain and len(plain) > len(plain_meant) + 1:  # ln_beta_inc is no betainc
        return False
    slips = 0 if len(plain) < _SHORT else 1 if len(plain) < _LONG else 2
    return _slips(plain, plain_meant) <= slips


_SHORT, _LONG = 3, 7


def _slips(a: str, b: str) -> int:
    """How many letters were changed, left out, added, or swapped with their neighbour.

    >>> _slips("sine", "sin"), _slips("tahn", "tanh"), _slips("betainc", "betaln")
    (1, 1, 2)
    """
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, start=1):
        earlier, before, row = before, row, [i]
        for j, right in enumerate(b, start=1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                least = min(least, earlier[j - 2] + 1)
            row.append(least)
    return row[-1]


_TORCH = """
    binary_cross_entropy celu cdist cosine_similarity cummax cummin dropout elu erfinv_ glu hardshrink
    hardsigmoid hardswish hardtanh huber_loss index_add kl_div l1_loss layer_norm leaky_relu lerp logcumsumexp
    masked_fill mish mse_loss nansum nll_loss normalize pairwise_distance pdist prelu rrelu selu
    smooth_l1_loss softmin softshrink softsign tanhshrink threshold
"""
"""Functions of PyTorch's that people take for granted, of which neither NumPy nor SciPy has the name."""


def _home(name: str) -> str | None:
    """The package that has a function of this name, which the language has not."""
    if not name.isidentifier() or name.startswith("_") or len(name) < 3:
        return None
    if name in _TORCH.split():
        return "PyTorch"
    # Names alone are looked for, for the message's sake: no value comes of it.
    homes = {"numpy": "NumPy", "numpy.linalg": "NumPy", "scipy.special": "SciPy"}
    return next((told for home, told in homes.items() if callable(getattr(import_module(home), name, None))), None)

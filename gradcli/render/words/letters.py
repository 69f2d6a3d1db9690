"""What a variable's name says: Greek letters, and what is a subscript."""

from __future__ import annotations

__all__ = ["GREEK", "letters"]

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω",
}  # fmt: skip


def letters(name: str) -> tuple[str, list[str]]:
    """A name without its subscripts, and these: what follows underscores, and digits after one letter.

    >>> letters("alpha_1"), letters("x12"), letters("x_max_0"), letters("mass")
    (('α', ['1']), ('x', ['12']), ('x', ['max', '0']), ('mass', []))
    """
    head, _, tail = name.partition("_")
    if not tail:
        stem = head.rstrip("0123456789")
        if stem and (len(stem) == 1 or stem in GREEK):
            head, tail = stem, head[len(stem) :]
    return GREEK.get(head, head) or "_", [GREEK.get(part, part) for part in tail.split("_") if part]

"""Words of LaTeX's formulas, by what is done with them."""

from __future__ import annotations

__all__ = [
    "APPLIED",
    "BLANK",
    "CLOSING",
    "FUNCTIONS",
    "GREEK",
    "INVERSE",
    "LETTERS",
    "MATRICES",
    "MAYBE_FUNCTIONS",
    "OF_MATRICES",
    "OPENING",
    "PLAIN",
    "PRODUCTS",
    "RELATIONS",
    "SIGNS",
    "SIZES",
]

FUNCTIONS = {
    "sin": "sin", "cos": "cos", "tan": "tan", "cot": "cot", "sec": "sec", "csc": "csc", "arcsin": "asin",
    "arccos": "acos", "arctan": "atan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "coth": "coth", "exp": "exp",
    "ln": "log", "log": "log", "erf": "erf", "erfc": "erfc", "sgn": "sign", "sign": "sign", "arsinh": "asinh",
    "arcosh": "acosh", "artanh": "atanh", "sech": "sech", "csch": "csch", "relu": "relu", "ReLU": "relu",
    "sigmoid": "sigmoid", "softplus": "softplus", "Gamma": "gamma", "abs": "abs", "sqrt": "sqrt", "floor": "floor",
    "ceil": "ceil", "asin": "asin", "acos": "acos", "atan": "atan", "asinh": "asinh", "acosh": "acosh",
    "atanh": "atanh", "acot": "acot", "asec": "asec", "acsc": "acsc",
}  # fmt: skip
OF_MATRICES = {"det": "det", "tr": "trace", "Tr": "trace"}
INVERSE = {"sin": "asin", "cos": "acos", "tan": "atan", "sinh": "asinh", "cosh": "acosh", "tanh": "atanh"}
LETTERS = """
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma tau upsilon phi
varphi chi psi omega Delta Theta Lambda Xi Sigma Upsilon Phi Psi Omega ell hbar
"""
GREEK = frozenset(LETTERS.split())
PRODUCTS = {"cdot": "*", "times": "*", "ast": "*", "div": "/", "odot": ".*", "oslash": "./"}
RELATIONS = {"le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "ne": "!=", "neq": "!=", "lt": "<", "gt": ">"}
OPENING = {"lvert": "abs", "lVert": "norm", "lfloor": "floor", "lceil": "ceil"}
CLOSING = {"rvert": "abs", "rVert": "norm", "rfloor": "floor", "rceil": "ceil"}
SIGNS = {
    **{text: ("op", sign) for text, sign in (PRODUCTS | RELATIONS).items()},
    "pi": ("name", "pi"), "infty": ("name", "inf"), "\\": ("row", ";"),
}  # fmt: skip
APPLIED = frozenset([*FUNCTIONS, *OF_MATRICES, "inv", "max", "min"])
SIZES = frozenset(["left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr"])
BLANK = SIZES | frozenset([",", ";", ":", "!", " ", "quad", "qquad", "displaystyle", "limits"])
PLAIN = frozenset(["mathrm", "mathbf", "mathit", "boldsymbol", "vec", "operatorname", "mathsf", "text", "bm"])
MATRICES = frozenset(["matrix", "pmatrix", "bmatrix", "array"])
MAYBE_FUNCTIONS = frozenset("fghFG")

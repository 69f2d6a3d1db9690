"""Whatever pieces of notations stand together: a line that is suggested parses, or nothing is suggested."""

from __future__ import annotations

import random

from gradcli.lang import parse, variables
from gradcli.lang.spelling.mend import mend

_FUNCTIONS = {"sin", "cos", "ln", "log", "log2", "tan", "sqrt", "abs", "sum", "gamma", "atan2"}
_TEXT = r"""
x y 2 3.5 ( ) [ ] { } | || ‖ + - * / ^ ** ² ⁻¹ ½ √ sin cos log_2 ln \frac \sin \sqrt
_ {x} , ; ! % ° ' .T .^ .* = == < ? :
if else not and mod deg Math. np. E π Sin[ d/dx @(x) => x.sum( 0x1F 1e 2i tg a(b \ $ ∞ ⌊ ⌋ =SIN(A1) ∂ 'ij' ₁ é 1d0 .gt.
D[ ,x]
"""
_PIECES = [*_TEXT.split(), " ", " at x=3", " for i in range(3)", "lambda x:", "f(x) =", "\n", "\x00"]


def test_what_is_suggested_parses() -> None:
    pick = random.Random(20)
    found = 0
    for _ in range(1000):
        text = "".join(pick.choices(_PIECES, k=pick.randint(1, 8)))
        mended = mend(text, _FUNCTIONS, ["x", "y"])
        if mended is not None:
            found += 1
            assert all(variables(parse(line)).keys() <= {"x", "y", "pi", "e", "inf"} for line in mended.readings), text
    assert found > 15


def test_long_and_deep_texts_take_no_time() -> None:
    for text in ("(" * 900, "x " * 499, "\\frac{" * 100, "|" * 500, "xy" * 400, "sin" * 300, "x^" * 400 + "x"):
        mended = mend(text, _FUNCTIONS, ["x", "y"])
        assert mended is None or len(mended.readings) == 1


def test_every_line_of_a_program_is_mended() -> None:
    mended = mend("a = 2x\nb = 3a\na b", _FUNCTIONS, ["x"])
    assert mended is not None
    assert mended.readings == ("a = 2*x; b = 3*a; a*b",)

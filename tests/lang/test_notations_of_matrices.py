"""What operations of other notations are, of matrices: as theirs are, or refused with what to write."""

from __future__ import annotations

import pytest

from gradcli.errors import Problem
from gradcli.lang.notation import read_notation

KNOWN: dict[str, int | None] = {"x": 1, "y": 1, "A": 2, "B": 2, "c": 0}


@pytest.mark.parametrize("notation", ["matlab", "matrixcalculus"])
def test_powers(notation: str) -> None:
    for text, hint in (
        ("2^A", "2.^A, entry by entry or the power by the matrix"),
        ("A^A", "A .^ ..."), ("2^x", "2.^x, entry by entry"),
        ("A^2", "A*A, the product"), ("x^2", "x' * x, the product"), ("c^(A*B)", "entry by entry"),
    ):  # fmt: skip
        with pytest.raises(Problem, match="more than one reading") as caught:
            read_notation(notation, text, KNOWN)
        assert hint in (caught.value.hint or "")
    assert read_notation(notation, "2.^A + c^c", KNOWN) == "2**A + c**c"
    assert read_notation(notation, "A^(-1)*x", KNOWN) == "inv(A) @ x"
    assert read_notation(notation, "A^-1", KNOWN) == "inv(A)"

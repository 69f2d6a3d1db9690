"""What the second reading makes of programs: Python's meaning, or nothing with a reason, and always soon."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from gradcli.reread import Extremes, Outside, read_again, shaken

X = np.array([1.0, 2.0, 3.0])
GIVEN: dict[str, Any] = {
    "x": X,
    "A": np.arange(6.0).reshape(2, 3),
    "s": 0.5,
    "k": 2.0,
    "m": np.array([True, False, True]),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-s**2", -0.25),
        ("-s^2", -0.25),
        ("norm(x, 2)^2  # ^ is a power", 14.0),
        ("2**3**2", 512.0),
        ("2**1000", 2.0**1000),
        ("10**400", np.inf),
        ("7//2 + 1/3", 3 + 1 / 3),
        ("-7 % 3", 2.0),
        ("1/-0", -np.inf),
        ("x[6//2 - 1]", 3.0),
        ("x[k]", 3.0),
        ("x[k - 1]", 2.0),
        ("x[m]", [1.0, 3.0]),
        ("A[:, ::-1].T[0]", [2.0, 5.0]),
        ("[1, 2] + [3, 4]", [4.0, 6.0]),
        ("[1, 2]*2", [2.0, 4.0]),
        ("True + True", 2.0),
        ("sum(m)", 2.0),
        ("0 < s < 1", 1.0),
        ("s > 1 or k > 1", 1.0),
        ("1 if s < 1 else x[7]", 1.0),
        ("[x[i + 1] if i < 2 else 0 for i in range(3)]", [2.0, 3.0, 0.0]),
        ("sum(i*j for i in range(3) for j in range(i))", 2.0),
        ("[[i - j for i in range(2)] for j in range(2)]", [[0.0, 1.0], [-1.0, 0.0]]),
        ("max(i*(3 - i) for i in range(4))", 2.0),
        ("a = s; a = a + 1\na*2", 3.0),
        ("a = 1\n  a + 1", 2.0),
        ("a, b = split(x, [1]); a*b", [2.0, 3.0]),
        ("svd(A)[1][1] > 0", 1.0),
        ("concatenate([[1, 2], [3, 4]])", [1.0, 2.0, 3.0, 4.0]),
        ("sum(A, dim=0)", [3.0, 5.0, 7.0]),
        ("std(x, ddof=1)", 1.0),
        ("e + pi - tau/2", np.e),
        ("len(A)", 2.0),
        ("max(A)", 5.0),
        ("take(x, k)", 3.0),
    ],
)
def test_a_value(text: str, value: Any) -> None:
    found = read_again(text, GIVEN)
    assert np.shape(found) == np.shape(value)
    assert np.allclose(found, value, rtol=1e-15, atol=0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x if m else s", "the truth of an array ambiguous"),
        ("0 < x < 1", "the truth of an array ambiguous"),
        ("s > 1 and x > 1", "the truth of an array ambiguous"),
        ("max(x, s)", "the truth of an array ambiguous"),
        ("6 & 4", "bits in Python"),
        ("~4", "bits in Python"),
        ("m + m", "makes numbers of truth values"),
        ("-m", "no sign for truth values"),
        ("stack(x, x)", "Python refuses stack"),
        ("sum(x, keepdims=True, dtype='f2')", "no argument 'dtype'"),
        ("sine(x)", "NumPy and SciPy have no sine"),
        ("x[0.5]", "Python refuses an index"),
        ("x[9]", "Python refuses an index"),
        ("sin = 2; sin(s)", "a function's name that is assigned to"),
        ("2 3", "Python's parser does not read it"),
        ("x = 1", "its last statement is no expression"),
        ("s; k", "no plain assignment"),
        ("", "there is no expression"),
        ("[1, [2, 3]]", "unequal"),
        ("1j*s", "complex is no kind of number"),
        ("sqrt(A) + 'a'", "is no number"),
        ("unknown + 1", "'unknown' has no value"),
        ("[i for i in x]", "runs over a range"),
        ("[i for i in range(3) if i]", "runs over a range"),
        ("max(s, k, key=1)", "no argument 'key'"),
    ],
)
def test_outside(text: str, why: str) -> None:
    with pytest.raises(Outside, match=why):
        read_again(text, GIVEN)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "x.__class__",
        "(lambda: 1)()",
        "[c for c in ().__class__.__bases__]",
        "f'{x}'",
        "{1: 2}",
        "(y := 3)",
        "open('/etc/passwd')",
        "x.tofile('x')",
        "import os",
        "del x",
        "sum(*x)",
        "sum(**x)",
        "print(s)",
        "eval('1')",
    ],
)
def test_nothing_runs(text: str) -> None:
    with pytest.raises(Outside):
        read_again(text, GIVEN)


@pytest.mark.parametrize(
    "text",
    [
        "sum(i*s for i in range(1000000))",
        "[i for i in range(1000000000)]",
        "[1 for i in range(100000) for j in range(100000)]",
        "[0 for i in range(1000000) for j in range(0)]",
        "zeros([100000, 100000])",
        "ones(1000000000)",
        "eye(100000)",
        "arange(1e12)",
        "arange(0, 1, 1e-12)",
        "linspace(0, 1, 10**9)",
        "tile(x, 10**9)",
        "repeat(x, 10**9)",
        "pad(x, 10**9)",
        "broadcast_to(s, (10**5, 10**5))",
        "a = linspace(0, 1, 10**4); a[:, None]*a*s",
        "a = linspace(0, 1, 10**4); outer(a, a)",
        "a = linspace(0, 1, 10**4); kron(a, a)",
        "a = linspace(0, 1, 10**4); diag(a)",
        "inv(eye(1000))",
        "10**10**10",
        "1" + "0"*9999,
        "+".join(["1"]*20_000),
        "-"*20_000 + "1",
        "("*20_000 + "1",
        "not "*5_000 + "s",
        "2**"*20_000 + "2",
        "[s, "*5_000 + "s",
        " if s else ".join(["1"]*5_000),
    ],
)  # fmt: skip
def test_it_ends_soon(text: str) -> None:
    start = time.process_time()
    with suppress(Outside):
        read_again(text, GIVEN, seconds=0.2)
    assert time.process_time() - start < 5  # what takes no look at its budget goes on for longer


def test_svd_of_what_is_not_finite_is_not_tried() -> None:
    with pytest.raises(Outside, match="not finite"):
        read_again("svd([[nan, 1], [1, 2]])[1]", {})


def test_shaking_changes_what_was_rounded_alone() -> None:
    assert read_again("0.1 + 0.2", {}, change=shaken(1)) != read_again("0.1 + 0.2", {})
    assert read_again("2*3 + 2**10", {}, change=shaken(1)) == 1030.0


def test_extremes_are_seen() -> None:
    near, far = Extremes(), Extremes()
    read_again("s*1e-200 + 1", GIVEN, change=near)
    read_again("s*1e-20 + 1", GIVEN, change=far)
    assert (near.near, far.near) == (True, False)

"""Variables that are called as something of the language is get names of their own."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gradcli.render.code.array_printer import arrays_of, render_arrays
from gradcli.render.code.printer import language_of, render_code
from gradcli.transforms.operators.array_code import array_routine
from gradcli.transforms.operators.code import routine

COMPILERS = {"c": ("gcc", ".c"), "c++": ("g++", ".cpp")}
NAMES = ("M_PI", "M_E", "M_LN2", "M_SQRT2", "M_2_SQRTPI", "FP_ZERO", "FP_NAN", "HUGE_VAL", "HUGE_VALF", "MATH_ERRNO",
         "math_errhandling", "INFINITY", "NAN", "linux", "unix", "isnan", "signbit")  # fmt: skip


def _compiled(language: str, text: str, tmp_path: Path, *flags: str) -> str:
    compiler, ending = COMPILERS[language]
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not here")
    path = tmp_path / f"f{ending}"
    path.write_text(text, encoding="utf-8")
    return subprocess.run([compiler, *flags, str(path)], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("language", ["c", "c++"])
def test_variables_named_like_macros_compile(language: str, tmp_path: Path) -> None:
    text = render_code(routine("*".join(NAMES), ["value", "gradient"]), language_of(language), "f")
    assert "double M_PI_, double M_E_, double M_LN2_," in text
    assert "// M_PI_: M_PI in the expression" in text
    _compiled(language, text, tmp_path, "-c", "-o", str(tmp_path / "f.o"))


@pytest.mark.parametrize("language", ["c", "c++"])
def test_all_macros_of_the_headers_are_known(language: str, tmp_path: Path) -> None:
    head = render_code(routine("x"), language_of(language), "f").partition("double f(")[0]
    macros = _compiled(language, head, tmp_path, "-dM", "-E")
    names = set(re.findall(r"^#define ([A-Za-z]\w*)", macros, re.MULTILINE))
    assert "M_PI" in names
    assert not {name for name in names if name not in language_of(language).reserved}


@pytest.mark.parametrize("language", ["c", "c++"])
def test_names_that_are_no_macros_stay(language: str) -> None:
    text = render_code(routine("M*FP*pi_M*Wx*x_max*hto"), language_of(language), "f")
    assert "f(double M, double FP, double pi_M, double Wx, double x_max, double hto)" in text


@pytest.mark.parametrize("language", ["c", "c++"])
def test_names_that_would_be_had_twice(language: str) -> None:
    text = render_code(routine("M_PI*M_PI_*M_PI_2*FP_NAN*FP_NAN_"), language_of(language), "f")
    assert "f(double M_PI_, double M_PI__, double M_PI_2_, double FP_NAN_, double FP_NAN__)" in text


FORTRAN_NAMES = ("kind", "ieee_arithmetic", "ieee_value", "IEEE_QUIET_NAN", "dp", "merge", "log_gamma", "Aint", "mod")


@pytest.mark.parametrize("name", FORTRAN_NAMES)
def test_what_a_subroutine_of_fortran_uses_is_no_variable_of_it(name: str) -> None:
    text = render_code(routine(f"{name}*x"), language_of("fortran"), "f")
    assert f"! {name}_: {name} in the expression" in text
    assert f"  value = {name}_*x" in text


@pytest.mark.parametrize("name", ["kind", "size", "spread", "matmul", "norm2", "ieee_arithmetic"])
def test_what_a_subroutine_of_arrays_uses_is_no_variable_of_it(name: str) -> None:
    made = array_routine(f"norm({name})", ["value"], None, {name: ("n",)})
    assert f"  value = norm2({name}_)" in render_arrays(made, arrays_of("fortran"), "f")


def test_fortran_uses_a_module_for_infinities_alone() -> None:
    assert "use, intrinsic" not in render_code(routine("x*y"), language_of("fortran"), "f")
    text = render_code(routine("where(x > 0, inf, x)"), language_of("fortran"), "f")
    assert "  use, intrinsic :: ieee_arithmetic, only: ieee_value, ieee_positive_inf\n  implicit none" in text


SIGNS = [
    "a - -2*b",
    "x*x + -x*(-x)",
    "a + -b*c",
    "a/(-b)",
    "a - (-b)/c",
    "a*(-b*c)",
    "-(-a*b)",
    "(a > -b)*(-c)",
    "a**(-b)",
]


@pytest.mark.parametrize("text", SIGNS)
def test_no_two_operators_of_fortran_stand_in_a_row(text: str) -> None:
    made = routine(text, ["value", "gradient"])
    body = render_code(made, language_of("fortran"), "f").partition("implicit none")[2].replace(" ", "")
    assert not re.search(r"[-+*/][-+*/]", body.replace("**", "^")), body


def test_variables_named_like_variants_of_rust_are_renamed(tmp_path: Path) -> None:
    text = render_code(routine("Some*Ok + Err", ["value", "gradient"]), language_of("rust"), "f")
    assert "f(Some_: f64, Ok_: f64, Err_: f64)" in text
    if shutil.which("rustc") is None:
        pytest.skip("rustc is not here")
    path = tmp_path / "f.rs"
    path.write_text(text, encoding="utf-8")
    command = ["rustc", "--edition=2021", "--crate-type=lib", "--emit=metadata", "-o", str(tmp_path / "f.rmeta")]
    subprocess.run([*command, str(path)], check=True, capture_output=True)

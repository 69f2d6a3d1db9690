"""C++11."""

from __future__ import annotations

from gradcli.render.code.c import C_FUNCTIONS, Reserved, c_entry, c_function
from gradcli.render.code.language import Language, Written, words

__all__ = ["LANGUAGE"]


def _frame(written: Written) -> str:
    return c_function(written, "#include <cmath>\n#include <limits>")


LANGUAGE = Language(
    name="C++",
    functions={op: f"std::{text}" for op, text in C_FUNCTIONS.items()},
    conditional="({0} ? {1} : {2})",
    frame=_frame,
    flags="c++ -O2 -march=native",
    entry=c_entry,
    constants={
        "inf": "std::numeric_limits<double>::infinity()",
        "nan": "std::numeric_limits<double>::quiet_NaN()",
    },
    reserved=Reserved(
        words(
            """
        alignas alignof and and_eq asm bitand bitor bool catch class compl constexpr const_cast
        decltype delete dynamic_cast explicit export false friend mutable namespace new noexcept not not_eq
        nullptr operator or or_eq private protected public reinterpret_cast static_assert static_cast std template this
        thread_local throw true try typeid typename using virtual wchar_t xor xor_eq
        """
        )
    ),
)

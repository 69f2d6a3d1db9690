"""Random texts of the language, for the properties that hold for every one of them."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = ("x", "y", "x_1", "Theta", "θ", "lambda", "e")
NUMBERS = ("0", "1", "2.5", ".5", "1.", "1e-3", "1E5", "1_000", "12345678901234567890", "0.1")
BINARY = ("+", "-", "*", "/", "//", "%", "**", "@", "<", "<=", ">", ">=", "==", "!=", "&", "|", " and ", " or ")
PREFIX = ("-", "+", "~", "not ")

leaves = st.sampled_from([*NAMES, *NUMBERS, "True", "False", "None", "'ij->ji'", '"a b"'])
blanks = st.sampled_from(["", "", "", " ", "  "])


def _extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    bound = st.sampled_from(["3", "1, 4", "len(x)", "0, 2*3, 1", "-1"])
    clause = st.builds("for {} in range({})".format, st.sampled_from(["i", "x"]), bound)
    loop = st.builds("{} {}".format, inner, st.lists(clause, min_size=1, max_size=2).map(" ".join))
    items = st.lists(inner, max_size=3).map(", ".join)
    keyword = st.builds("{}, {}={}".format, inner, st.sampled_from(["axis", "k"]), inner)
    part = st.one_of(st.just(""), inner)
    slices = st.builds("{}:{}".format, part, part) | st.builds("{}:{}:{}".format, part, part, part)
    indices = st.lists(st.one_of(inner, slices, st.just("...")), min_size=1, max_size=3).map(", ".join)
    return st.one_of(
        st.builds("{}{}{}{}{}".format, inner, blanks, st.sampled_from(BINARY), blanks, inner),
        st.builds("{}{}{}".format, st.sampled_from(PREFIX), blanks, inner),
        st.builds("({}{})".format, blanks, inner),
        st.builds("{} if {} else {}".format, inner, inner, inner),
        st.builds("{}({})".format, st.sampled_from(["f", "sum", "atan2"]), st.one_of(items, keyword, loop)),
        st.builds("[{}{}]".format, st.one_of(items, loop), blanks),
        st.builds("({},)".format, inner),
        st.builds("({}, {})".format, inner, inner),
        st.builds("{}[{}]".format, inner, indices),
        st.builds("({}).T".format, inner),
    )


expressions = st.recursive(leaves, _extend, max_leaves=12)

TOKENS = (
    *("x", "f", "1", "2.5", "None", "i", "range(3)", "T"),
    *("+", "-", "*", "/", "//", "%", "**", "@", "~", "<", "==", "&", "|", "and", "or", "not", "if", "else"),
    *("(", ")", "[", "]", ",", ":", ".T", "for", "in", "..."),
)

soups = st.lists(st.sampled_from(TOKENS), min_size=1, max_size=9).map(" ".join)

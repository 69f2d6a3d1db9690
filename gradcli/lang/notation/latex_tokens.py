"""LaTeX's tokens, which are pylatexenc's."""

from __future__ import annotations

from typing import NamedTuple

from gradcli.errors import SyntaxProblem, UsageProblem

__all__ = ["Raw", "raw_tokens"]


class Raw(NamedTuple):
    """A token of LaTeX: char, macro, open, close, begin, end, special."""

    kind: str
    text: str
    start: int
    end: int


def raw_tokens(source: str) -> list[Raw]:
    """pylatexenc's tokens."""
    try:
        from pylatexenc.latexwalker import (  # type: ignore[import-untyped]  # it has no types
            LatexWalker,
            LatexWalkerEndOfStream,
            LatexWalkerError,
        )
    except ImportError:
        raise UsageProblem("LaTeX is read with pylatexenc", hint="pip install 'gradcli[latex]'") from None
    kinds = {"brace_open": "open", "brace_close": "close", "begin_environment": "begin", "end_environment": "end"}
    found: list[Raw] = []
    walker = LatexWalker(source, tolerant_parsing=False)
    at = 0
    while at < len(source):
        try:
            token = walker.get_token(at, environments=True)
        except LatexWalkerEndOfStream:
            break
        except LatexWalkerError as error:
            message = str(error).splitlines()[0]
            raise SyntaxProblem(f"LaTeX: {message}", source=source, span=(at, at + 1), hint=None) from None
        end = token.pos + token.len
        if token.tok in ("mathmode_inline", "mathmode_display"):
            at = end
            continue
        text = getattr(token.arg, "specials_chars", token.arg)
        if token.tok != "comment":
            found.append(Raw(kinds.get(token.tok, token.tok), str(text), token.pos, end))
        at = end
    return found

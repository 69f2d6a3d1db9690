"""Errors and warnings for standard error, without rich: they must appear at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradcli.errors import Problem, Span, callers, excerpt
from gradcli.render.words.escape import visible

if TYPE_CHECKING:
    from gradcli.transforms.results.findings import Kink, Limit, Origin, Remedy

__all__ = ["render_error", "render_kinks", "render_limits", "render_note", "render_origin", "render_warning"]

_RED, _YELLOW, _CYAN = "1;31", "1;33", "36"


def render_error(problem: Problem, color: bool) -> str:
    """An error: the sentence, the place, and the way out.

    >>> print(render_error(Problem("unknown function 'sine'", source="2*sine(x)", span=(2, 6)), False), end="")
    error: unknown function 'sine'
      2*sine(x)
        ^^^^
    """
    return _message(("error", _RED), problem.message, problem.source, problem.span, problem.hint, color)


def render_origin(origin: Origin, color: bool) -> str:
    """A warning that names the place where the first non-finite number arose.

    >>> from gradcli.transforms.results.findings import Origin
    >>> print(render_origin(Origin("log is not finite at (0.0)", "1 + log(x)", (4, 10)), False), end="")
    warning: log is not finite at (0.0)
      1 + log(x)
          ^^^^^^
    """
    text = _message(("warning", _YELLOW), origin.message, origin.source, origin.span, origin.hint, color)
    return text if origin.remedy is None else text + _remedy(origin.remedy, color)


def _remedy(remedy: Remedy, color: bool) -> str:
    how = "equal by SymPy's algebra" if remedy.confirmed == "proved" else f"by SymPy {remedy.confirmed}"
    here = "with a finite value here (the derivative is infinite)" if remedy.value_only else "finite here"
    return _paint("hint:", _CYAN, color) + f" {how}, and {here}:\n  {visible(remedy.program)}\n"


def render_kinks(kinks: Sequence[Kink], color: bool) -> str:
    """Warnings that name the operations at their kinks, with the derivatives from both sides."""
    from gradcli.render.words.kinks import reports

    lines: list[str] = []
    for report in reports(kinks):
        lines.append(f"{_paint('warning:', _YELLOW, color)} {report.headline}")
        for line, carets in report.places:
            lines += [*([line] if line else []), _painted_carets(carets, _YELLOW, color)]
        lines += [f"  {remark}" for remark in report.remarks]
    return "".join(f"{line}\n" for line in lines)


def render_limits(limits: Sequence[Limit], color: bool) -> str:
    """A warning that names what the value and the derivatives tend to; nothing where there is nothing to name."""
    if not limits:
        return ""
    from gradcli.render.words.limits import headline, lines

    told = [f"{_paint('warning:', _YELLOW, color)} {headline(limits)}", *(f"  {line}" for line in lines(limits))]
    return "".join(f"{line}\n" for line in told)


def render_note(text: str, color: bool) -> str:
    r"""What a user may want to know, and need not.

    >>> render_note("the expression does not use b", color=False)
    'note: the expression does not use b\n'
    """
    return _message(("note", _CYAN), text, None, None, None, color)


def render_warning(text: str, color: bool) -> str:
    r"""A warning about a result as a whole.

    >>> render_warning("nothing depends on x", color=False)
    'warning: nothing depends on x\n'
    """
    return _message(("warning", _YELLOW), text, None, None, None, color)


def _message(
    kind: tuple[str, str], message: str, source: str | None, span: Span | None, hint: str | None, color: bool
) -> str:
    word, code = kind
    lines = [f"{_paint(f'{word}:', code, color)} {visible(message)}"]
    if source is not None and span is not None:
        line, carets = excerpt(source, span)
        lines += [visible(line), _painted_carets(carets, code, color), *map(visible, callers(source, span))]
    if hint:
        lines.append(_paint("hint:", _CYAN, color) + f" {visible(hint)}")
    return "\n".join(lines) + "\n"


def _painted_carets(carets: str, code: str, color: bool) -> str:
    indent = carets[: len(carets) - len(carets.lstrip())]
    return indent + _paint(carets.lstrip(), code, color)


def _paint(text: str, code: str, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text

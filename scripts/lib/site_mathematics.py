"""Mathematics of the pages as MathML, which browsers draw by themselves: no script is fetched for it.

In a page `$`x^2`$` is mathematics within a line, as GitHub shows it, and a block in ```math is a display.
"""

from __future__ import annotations

import re
from typing import Any

_INLINE = re.compile(r"\$`([^`\n]+)`\$")
_DISPLAY = re.compile(r"^```math\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    r"""Called by mkdocs with each page before it is converted.

    >>> on_page_markdown(r"the slope $`\\frac{1}{x}`$").startswith("the slope <math")
    True
    """
    markdown = _DISPLAY.sub(lambda found: _mathml(found.group(1).strip(), "block"), markdown)
    return _INLINE.sub(lambda found: _mathml(found.group(1), "inline"), markdown)


def _mathml(latex: str, display: str) -> str:
    from latex2mathml.converter import convert  # in the extra `docs`

    return str(convert(latex.replace(r"\|", "|"), display=display)).replace("|", "&#x7C;").replace("*", "&#x2A;")

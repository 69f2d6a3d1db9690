"""Formulas as presentation MathML, which browsers and word processors show."""

from __future__ import annotations

from collections.abc import Container, Sequence
from html import escape

from gradcli.lang import Program
from gradcli.render.formulas.typeset import typeset
from gradcli.render.words.letters import letters

__all__ = ["mathml"]


def mathml(program: Program, variables: Container[str] = ()) -> str:
    """A program as one `math` element.

    Args:
        program: in canonical names.
        variables: names of constants that are variables here.

    >>> from gradcli.lang import parse
    >>> mathml(parse("x**2/2")).partition(">")[2]
    '<mfrac><msup><mi>x</mi><mn>2</mn></msup><mn>2</mn></mfrac></math>'
    """
    inner = typeset(program, _MathML(), variables)
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">{inner}</math>'


class _MathML:
    def number(self, text: str) -> str:
        return f"<mn>{escape(text)}</mn>"

    def name(self, name: str) -> str:
        head, subscripts = letters(name)
        base = f"<mi>{escape(head)}</mi>"
        return f"<msub>{base}<mi>{escape(', '.join(subscripts))}</mi></msub>" if subscripts else base

    def symbol(self, text: str) -> str:
        return f"<mi>{escape(text)}</mi>"

    def operator(self, text: str) -> str:
        return f"<mo>{escape(text.replace('-', chr(0x2212)))}</mo>"

    def row(self, parts: Sequence[str]) -> str:
        return f"<mrow>{''.join(parts)}</mrow>"

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac>{above}{below}</mfrac>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup>{base}{exponent}</msup>"

    def root(self, radicand: str, degree: int) -> str:
        return f"<msqrt>{radicand}</msqrt>" if degree == 2 else f"<mroot>{radicand}<mn>{degree}</mn></mroot>"

    def fenced(self, part: str, left: str, right: str) -> str:
        return f'<mrow><mo fence="true">{escape(left)}</mo>{part}<mo fence="true">{escape(right)}</mo></mrow>'

    def indexed(self, part: str, indices: Sequence[str]) -> str:
        return f"<msub>{part}{self.row(list(_between(indices, self.operator(','))))}</msub>"

    def table(self, rows: Sequence[Sequence[str]]) -> str:
        lines = "".join(f"<mtr>{''.join(f'<mtd>{entry}</mtd>' for entry in row)}</mtr>" for row in rows)
        return self.fenced(f"<mtable>{lines}</mtable>", "(", ")")

    def cases(self, branches: Sequence[tuple[str, str | None]]) -> str:
        lines = "".join(f"<mtr><mtd>{value}</mtd><mtd>{_told(condition)}</mtd></mtr>" for value, condition in branches)
        return f'<mrow><mo fence="true">{{</mo><mtable columnalign="left">{lines}</mtable></mrow>'

    def program(self, result: str, where: Sequence[tuple[str, str]]) -> str:
        lines = [result, "<mtext>where</mtext>", *(self.row([n, self.operator("="), v]) for n, v in where)]
        return f'<mtable columnalign="left">{"".join(f"<mtr><mtd>{line}</mtd></mtr>" for line in lines)}</mtable>'


def _told(condition: str | None) -> str:
    return "<mtext>otherwise</mtext>" if condition is None else f"<mrow><mtext>if </mtext>{condition}</mrow>"


def _between(parts: Sequence[str], sign: str) -> list[str]:
    return [piece for i, part in enumerate(parts) for piece in ([sign, part] if i else [part])]

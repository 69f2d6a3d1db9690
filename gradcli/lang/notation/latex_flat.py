"""From LaTeX's tokens to those of a grammar, in one pass."""

from __future__ import annotations

import re
from collections.abc import Callable

from gradcli.errors import SyntaxProblem
from gradcli.lang.notation.grammar import Token, ambiguous
from gradcli.lang.notation.latex_derivatives import Derivative, clear_behind, derivative_at, is_blank
from gradcli.lang.notation.latex_tokens import Raw
from gradcli.lang.notation.latex_words import (
    APPLIED,
    CLOSING,
    FUNCTIONS,
    GREEK,
    INVERSE,
    MATRICES,
    MAYBE_FUNCTIONS,
    OPENING,
    PLAIN,
    RELATIONS,
    SIGNS,
    SIZES,
)

__all__ = ["Flattener"]

_ALONE = re.compile(r"\s*(\\[A-Za-z]+|[^\W\d_]+|[\d.]+)\s*(?:_\s*(?:\w|\{\s*\w+\s*\}))?\s*(?:\\[A-Za-z]+\s*)?[)\]]")
"""A letter or a number, and the end of the brackets around it."""


class Flattener:
    """From LaTeX's tokens to those of a grammar: fractions and functions have brackets, scripts are operators."""

    def __init__(self, source: str, raw: list[Raw], names: frozenset[str]) -> None:
        self.source = source
        self.raw = raw
        self.names = names
        self.at = 0
        self.made: list[Token] = []
        self.open: list[str] = []
        self.behind: list[list[Token]] = []
        self.scripted = -1  # where the last script ended
        # What waits for arguments: what is put behind each of them, and how many brackets are open around it.
        self.waiting: list[tuple[list[list[Token]], int]] = []

    def refuse(self, message: str, token: Raw, hint: str | None = None) -> SyntaxProblem:
        """A problem at the place of a token."""
        return SyntaxProblem(message, source=self.source, span=(token.start, token.end), hint=hint)

    def peek(self, ahead: int = 0) -> Raw | None:
        """A token that comes, blanks left out."""
        at = self.at
        while at < len(self.raw):
            token = self.raw[at]
            if not is_blank(token):
                if not ahead:
                    self.at = at
                    return token
                ahead -= 1
            at += 1
        return None

    def put(self, kind: str, text: str, token: Raw, end: int | None = None) -> None:
        """Make a token of the grammar, at the place of LaTeX's."""
        self.made.append(Token(kind, text, token.start, token.end if end is None else end))

    def tokens(self) -> list[Token]:
        """All tokens."""
        while (token := self.peek()) is not None:
            self.at += 1
            self.one(token)
            self.argument_done(token)
        if self.waiting:
            last = self.raw[-1]
            raise self.refuse("an argument is missing at the end", last)
        self.made.append(Token("end", "", len(self.source), len(self.source)))
        return self.made

    def wait(self, *behind: list[Token]) -> None:
        """Put tokens behind the arguments that come."""
        self.waiting.append(([*behind], len(self.open)))

    def argument_done(self, token: Raw) -> None:
        """Put what belongs behind an argument that is complete."""
        while self.waiting and self.waiting[-1][1] == len(self.open) and self.made and self.complete():
            behind, _ = self.waiting[-1]
            parts = behind.pop(0)
            for each in parts:
                self.made.append(each._replace(start=token.end, end=token.end))
            if behind:
                self.waiting[-1] = (behind, len(self.open))
                return
            self.waiting.pop()
            if not parts:
                self.scripted = len(self.made)

    def complete(self) -> bool:
        """Whether the last token ends an operand."""
        last = self.made[-1]
        return last.kind in ("number", "name", "close") or last.text == "top"

    def one(self, token: Raw) -> None:
        """One token of LaTeX."""
        if token.kind == "open":
            argument = bool(self.waiting) and self.waiting[-1][1] == len(self.open)
            script = bool(self.made) and self.made[-1].text == "^" and self.made[-1].kind == "op"
            inside = self.inside(token)
            if not argument and not script and not self.enclosed() and re.search(r"(?<=.)[-+]", inside):
                raise ambiguous(self.source, (token.start, token.start + len(inside) + 2), f"({inside})",
                                f"{inside}, as braces do not show")  # fmt: skip
            self.open.append("{")
            self.put("open", "{", token)
        elif token.kind == "close":
            self.shut("{", "}", token)
        elif token.kind == "begin":
            if token.text not in MATRICES:
                raise self.refuse(f"the environment {token.text} is not read", token)
            self.open.append("list[")
            self.put("open", "list[", token)
        elif token.kind == "end":
            self.shut("list[", "]list", token)
        elif token.kind == "macro":
            self.macro(token)
        elif token.text == "&":
            self.put("comma", ",", token)
        elif token.kind == "char":
            self.char(token)
        else:
            raise self.refuse(f"'{token.text}' is not read", token)

    def enclosed(self) -> bool:
        """Whether brackets stand on both sides of the group that a brace opens."""
        depth = 0
        for at in range(self.at - 1, len(self.raw)):
            depth += {"open": 1, "close": -1}.get(self.raw[at].kind, 0)
            if not depth:
                here, self.at = self.at, at + 1
                after = self.peek()
                self.at = here
                closed = after is None or after.text in (*")]|", *CLOSING) or after.kind in ("close", "end")
                return closed and (not self.made or self.made[-1].kind == "open")
        return False

    def inside(self, token: Raw) -> str:
        """The text of the group that a brace opens."""
        depth = 0
        for at in range(self.at - 1, len(self.raw)):
            depth += {"open": 1, "close": -1}.get(self.raw[at].kind, 0)
            if not depth:
                return self.source[token.end : self.raw[at].start]
        return ""

    def shut(self, opening: str, closing: str, token: Raw) -> None:
        """Close a bracket, or the argument that it was."""
        if self.open and self.open[-1] == f"argument{opening}":
            self.open.pop()
            self.made += [each._replace(start=token.start, end=token.end) for each in self.behind.pop()]
            return
        if not self.open or self.open.pop() != opening:
            raise self.refuse(f"'{token.text}' closes nothing", token)
        self.put("close", closing, token)

    def char(self, token: Raw) -> None:
        """A digit, a letter or a sign."""
        text = token.text
        if text.isdigit() or text == ".":
            self.number(token)
        elif text.isalpha():
            self.letters(token)
        elif text in "+-/<>":
            self.put("op", text, token)
        elif text == "*":
            self.put("op", "*", token)
        elif text in "([":
            self.open.append(text)
            self.put("open", text, token)
        elif text in ")]":
            self.shut("(" if text == ")" else "[", text, token)
        elif text == ",":
            self.put("comma", ",", token)
        elif text == "^":
            self.power(token)
        elif text == "|":
            self.bar("abs", token)
        elif text == "=":
            raise self.refuse("an equation has no value", token, "write one of its sides")
        elif text == "'":
            raise self.refuse("a derivative by a dash is not read", token, "write \\frac{d}{dx} f")
        else:
            raise self.refuse(f"'{text}' is not read", token)

    def number(self, token: Raw) -> None:
        """A number, from its first digit on."""
        end = token.end
        # After `^`, \\frac and \\sqrt one digit is all of it: \\frac12 is a half.
        script = self.made and self.made[-1].text == "^" and self.made[-1].kind == "op"
        script = script or (bool(self.waiting) and self.waiting[-1][1] == len(self.open))
        while not script and (more := self.raw[self.at] if self.at < len(self.raw) else None) is not None:
            if more.kind != "char" or not (more.text.isdigit() or more.text == ".") or more.start != end:
                break
            end = more.end
            self.at += 1
        following = self.raw[self.at] if self.at < len(self.raw) else None
        if script and following is not None and following.start == end and following.text.isdigit():
            first = len(self.waiting[-1][0]) == 2 if self.waiting else False
            if not first:
                digits = self.source[token.start : following.end]
                raise ambiguous(
                    self.source, (token.start, following.end), f"{{{digits}}}", f"{{{token.text}}} \\cdot ..."
                )
        text = self.source[token.start : end]
        before = self.made[-1] if self.made else None
        if not script and before is not None and before.kind == "number" and self.scripted != len(self.made):
            # In print the two stand as one number: 1\\,000 is a thousand.
            raise ambiguous(self.source, (before.start, end), before.text + text, f"{before.text} \\cdot {text}")
        try:
            float(text)
        except ValueError:
            raise self.refuse(f"'{text}' is no number", token) from None
        self.put("number", text, token, end)

    def letters(self, token: Raw) -> None:
        """A letter, or more of them that are the name of a variable or of a function."""
        at, end = self.at, token.end
        script = bool(self.made) and self.made[-1].text == "^" and self.made[-1].kind == "op"
        while not script and at < len(self.raw) and self.raw[at].kind == "char" and self.raw[at].text.isalpha():
            if self.raw[at].start != end:
                break
            end = self.raw[at].end
            at += 1
        word = self.source[token.start : end]
        if len(word) > 1:
            if word in self.names:
                self.at = at
                self.name(word, token, end)
                return
            if word in APPLIED:
                raise ambiguous(self.source, (token.start, end), f"\\{word}, the function", "a product of letters")
        self.name(token.text, token, token.end)

    def name(self, word: str, token: Raw, end: int) -> None:
        """A variable, with its subscript."""
        after = self.peek()
        if after is not None and after.kind == "char" and after.text == "_":
            self.at += 1
            word += f"_{self.script()}"
            end = self.raw[self.at - 1].end
        elif word == "i" and word not in self.names:
            raise ambiguous(self.source, (token.start, end), "a variable, given with --i", "the imaginary unit")
        elif word in ("inf", "nan"):
            raise self.refuse(f"'{word}' is no variable", token)
        if word not in self.names and self.may_be_called(word):
            text = self.source[token.start : end]
            raise ambiguous(self.source, (token.start, end), f"{text} \\cdot (...)", f"the function {text}")
        self.put("name", word, token, end)

    def may_be_called(self, word: str) -> bool:
        """Whether a bracket that comes may hold what a name is a function of, and may be a factor."""
        following = self.peek()
        function = word.partition("_")[0] in MAYBE_FUNCTIONS
        if function and following is not None and following.text == "^":
            here, self.at = self.at, self.at + 1
            self.skip_group(self.peek())
            following = self.peek()
            self.at = here
        if following is None or following.kind != "char" or following.text not in "([":
            return False
        # Of another letter than f, a bracket with a sum is a factor; one letter or number alone is an argument.
        alone = _ALONE.match(self.source, following.end)
        return function or (
            alone is not None and (len(alone[1]) == 1 or alone[1] in self.names or not alone[1].isalpha())
        )

    def script(self) -> str:
        """What stands in a subscript, as a part of a name."""
        token = self.peek()
        if token is None:
            raise self.refuse("a subscript is missing", self.raw[-1])
        self.at += 1
        if token.kind != "open":
            following = self.raw[self.at] if self.at < len(self.raw) else None
            if following is not None and following.start == token.end and following.text.isdigit():
                digits = self.source[token.start : following.end]
                first = f"_{token.text} \\cdot {following.text}"
                raise ambiguous(self.source, (token.start, following.end), f"_{{{digits}}}", first)
            if token.kind == "char" and token.text.isalnum():
                return token.text
            if token.kind == "macro" and token.text in GREEK:
                return token.text
            raise self.refuse("a subscript is letters and digits", token)
        inside = ""
        while (part := self.peek()) is not None:
            self.at += 1
            if part.kind == "close":
                if inside.isalnum():
                    return inside
                break
            if part.kind == "macro" and part.text in PLAIN:
                inside += self.word()
                continue
            inside += part.text
        raise self.refuse("a subscript is letters and digits", token)

    def word(self) -> str:
        """The text of a group."""
        token = self.peek()
        if token is None or token.kind != "open":
            raise self.refuse("a group in braces is missing", token or self.raw[-1])
        self.at += 1
        inside = ""
        while (part := self.peek()) is not None:
            self.at += 1
            if part.kind == "close":
                return inside
            inside += part.text
        raise self.refuse("a brace is not closed", token)

    def power(self, token: Raw) -> None:
        """A script above: a power, or the transpose of a matrix."""
        if self.scripted == len(self.made):
            raise self.refuse("a power of a power wants braces", token, "write x^{2^3} or {x^2}^3")
        after = self.peek()
        word = self.group_text(after)
        if word in ("top", "intercal", "mathsfT", "mathrmT"):
            self.skip_group(after)
            self.put("op", "top", token, self.raw[self.at - 1].end)
        elif word == "T" and "T" not in self.names:
            end = after.end if after is not None else token.end
            raise ambiguous(self.source, (token.start, end), "^\\top, the transpose", "the power T, given with --T")
        else:
            self.put("op", "^", token)
            self.wait([])

    def group_text(self, token: Raw | None) -> str:
        """What a script holds, in short."""
        if token is None:
            return ""
        if token.kind != "open":
            return token.text
        at, inside = self.at + 1, ""
        while at < len(self.raw) and self.raw[at].kind != "close":
            inside += self.raw[at].text if self.raw[at].kind != "open" else ""
            at += 1
        return inside.replace(" ", "")

    def skip_group(self, token: Raw | None) -> None:
        """Pass over a token, or all that is in its braces."""
        self.at += 1
        depth = 1 if token is not None and token.kind == "open" else 0
        while depth:
            if self.at >= len(self.raw):
                raise self.refuse("a brace is not closed", token or self.raw[-1])
            depth += {"open": 1, "close": -1}.get(self.raw[self.at].kind, 0)
            self.at += 1

    def bar(self, function: str, token: Raw) -> None:
        """`|`, which opens where an operand is expected."""
        if self.made and self.complete() and function in self.open:
            self.close_bar(function, token)
            return
        following = self.raw[self.at] if self.at < len(self.raw) else None
        double = function == "abs" and following is not None and following[:3] == ("char", "|", token.end)
        if double and following is not None and (self.at < 2 or self.raw[self.at - 2].text not in SIZES):
            span = (token.start, following.end)
            raise ambiguous(self.source, span, "\\|...\\|, the norm", "\\left| |...| \\right|, absolute values")
        self.open_call(function, token)

    def open_call(self, function: str, token: Raw) -> None:
        """Begin the call of a function, whose bracket is a bar or a sign of its own."""
        self.open.append(function)
        self.put("name", "bars" if function == "abs" else function, token, token.end)
        self.made.append(Token("open", "call(", token.end, token.end))

    def close_bar(self, function: str, token: Raw) -> None:
        """End what a bar has begun."""
        if not self.open or self.open.pop() != function:
            raise self.refuse("a bar closes nothing", token)
        after = self.peek()
        if function == "norm" and after is not None and after.text == "_":
            self.at += 1
            order = self.script()
            if order not in ("1", "2", "F"):
                raise self.refuse(f"the norm of order {order} is not read", after)
            self.made.append(Token("comma", ",", token.start, token.start))
            self.put("name" if order == "F" else "number", order, token)
        self.put("close", ")call", token)

    def macro(self, token: Raw) -> None:
        """A command."""
        text = token.text
        if text in SIGNS:
            self.put(*SIGNS[text], token)
        elif text in OPENING:
            self.open_call(OPENING[text], token)
        elif text in CLOSING:
            self.close_bar(CLOSING[text], token)
        elif text in GREEK:
            self.name(text, token, token.end)
        elif text in PLAIN:
            self.plain_text(token)
        elif text in _BUILT:
            _BUILT[text](self, token)
        elif text in APPLIED:
            self.function(text, token)
        else:
            raise self.refuse(f"'\\{text}' is not read", token, "write the expression in the language of gradcli")

    def plain_text(self, token: Raw) -> None:
        r"""`\mathrm{rate}`, `\operatorname{erf}`."""
        word = self.word()
        if word in APPLIED:
            self.function(word, token)
        elif word.isidentifier() and token.text != "operatorname":
            self.name(word, token, self.raw[self.at - 1].end)
        else:
            what = "function that is read" if token.text == "operatorname" else "name"
            raise self.refuse(f"'{word}' is no {what}", token)

    def fraction(self, token: Raw) -> None:
        """A quotient of two arguments, or a derivative."""
        found = derivative_at(self.source, self.raw, self.at, self.names)
        if found is not None:
            self.derivative(token, found)
            return
        self.made.append(Token("open", "(", token.start, token.start))
        self.wait([Token("op", "frac", 0, 0)], [Token("close", ")", 0, 0)])

    def derivative(self, token: Raw, found: Derivative) -> None:
        r"""`\frac{d}{dx} (...)`, `\frac{d^2 x^3}{dx^2}`."""
        if found.of:
            first, last = found.of[0], found.of[-1]
            group = [Raw("open", "{", first.start, first.start), *found.of, Raw("close", "}", last.end, last.end)]
            self.raw = [*group, *self.raw[found.end :]]
            self.at = 0
        else:
            self.at = found.end
            after = self.peek()
            if after is None or after.text not in "([{" or after.kind == "macro":
                raise self.refuse("what is differentiated is not clear", token, "write \\frac{d}{dx} (...)")
            if not clear_behind(self.raw, self.at):
                span = (token.start, self.raw[found.end - 1].end)
                raise ambiguous(
                    self.source, span, "\\frac{d}{dx} ((...) ...), with all of it in brackets",
                    "(\\frac{d}{dx} (...)) ..., with brackets around the derivative",
                )  # fmt: skip
        behind = []
        for name, order in found.by:
            behind += [Token("comma", ",", 0, 0), Token("name", name, 0, 0)]
            behind += [Token("comma", ",", 0, 0), Token("number", str(order), 0, 0)] if order > 1 else []
        self.put("name", "diff", token)
        self.made.append(Token("open", "call(", token.end, token.end))
        self.wait([*behind, Token("close", ")call", 0, 0)])

    def root(self, token: Raw) -> None:
        """A root, the second one or that in brackets."""
        after = self.peek()
        if after is not None and after.text == "[":
            self.made.append(Token("open", "(", token.start, token.start))
            self.wait([Token("op", "root", 0, 0)], [Token("close", ")", 0, 0)])
            return
        self.put("name", "sqrt", token)
        self.made.append(Token("open", "call(", token.end, token.end))
        self.wait([Token("close", ")call", 0, 0)])

    def function(self, name: str, token: Raw) -> None:
        """A function, with its power or base, and its argument in brackets or without."""
        after = self.peek()
        closing = [Token("close", ")call", 0, 0)]
        if after is not None and after.text == "^":
            self.at += 1
            group = self.peek()
            power = self.group_text(group)
            self.skip_group(group)
            if power == "-1":
                inverse = INVERSE.get(name, "")
                first = f"\\arc{name}" if inverse else f"the inverse of \\{name}"
                raise ambiguous(self.source, (token.start, self.raw[self.at - 1].end), first, f"1/\\{name}")
            if not power.isdigit():
                raise self.refuse("the power of a function is a whole number", token, "write (\\sin x)^{n}")
            self.made.append(Token("open", "(", token.start, token.start))
            closing = [*closing, Token("op", "^", 0, 0), Token("number", power, 0, 0), Token("close", ")", 0, 0)]
        elif after is not None and after.text == "_":
            if name != "log":
                raise self.refuse("only \\log has a base", after)
            self.at += 1
            base = self.script()
            self.put("name", "log of base", token)
            self.made.append(Token("open", "call(", token.end, token.end))
            value = "number" if base.isdigit() else "name"
            self.argument(token, [Token("comma", ",", 0, 0), Token(value, base, 0, 0), Token("close", ")call", 0, 0)])
            return
        self.put("name", name, token)
        self.made.append(Token("open", "call(", token.end, token.end))
        self.argument(token, closing)

    def argument(self, token: Raw, behind: list[Token]) -> None:
        r"""The argument of a function: a bracket, or numbers and one letter, `\sin 2\pi x`."""
        after = self.peek()
        if after is not None and after.kind == "char" and after.text in "([":
            self.at += 1
            self.open.append("argument(" if after.text == "(" else "argument[")
            self.behind.append(behind)
            return
        if after is not None and (after.kind in ("open", "begin") or (after.kind == "char" and after.text == "|")):
            self.wait(behind)
            return
        start = len(self.made)
        while (part := self.peek()) is not None:
            if part.kind == "char" and (part.text.isdigit() or part.text == "."):
                self.at += 1
                self.number(part)
                continue
            if part.kind == "macro" and part.text == "pi":
                self.at += 1
                self.put("name", "pi", part)
                continue
            if part.kind == "char" and part.text == "-" and len(self.made) == start:
                raise self.refuse("write the argument in brackets", part, f"\\{token.text}(-...)")
            break
        part = self.peek()
        letter = part is not None and (
            (part.kind == "char" and part.text.isalpha()) or (part.kind == "macro" and part.text in GREEK)
        )
        if letter and part is not None:
            self.at += 1
            self.one(part)
            self.scripts()
        elif part is not None and part.text in ("frac", "dfrac", "sqrt", "lvert", "lVert") and len(self.made) == start:
            self.wait(behind)
            return
        if len(self.made) == start:
            raise self.refuse("the argument of a function is missing", token, "write it in brackets")
        follows = self.peek()
        signs = {*FUNCTIONS, *RELATIONS, *CLOSING, "\\", "cdot", "times", "odot", "oslash"}
        clear = (
            follows is None
            or follows.kind in ("close", "end")
            or follows.text == "&"
            or (follows.kind == "char" and follows.text in "+-)],|<>&")
            or (follows.kind == "macro" and follows.text in signs)
        )
        if not clear and follows is not None:
            shown = self.source[token.start : follows.end]
            raise ambiguous(self.source, (token.start, follows.end), f"{shown} with brackets around the first factor",
                            "brackets around all of it")  # fmt: skip
        self.made += [each._replace(start=self.made[-1].end, end=self.made[-1].end) for each in behind]

    def scripts(self) -> None:
        """A power behind the letter of an argument without brackets."""
        after = self.peek()
        if after is None or after.text != "^":
            return
        self.at += 1
        self.power(after)
        group = self.peek()
        if self.made[-1].text != "^" or group is None:
            return
        depth = len(self.open)
        while group is not None:
            self.at += 1
            self.one(group)
            if len(self.open) == depth and self.complete():
                return
            group = self.peek()


_BUILT: dict[str, Callable[[Flattener, Raw], None]] = {
    "frac": Flattener.fraction, "dfrac": Flattener.fraction, "tfrac": Flattener.fraction, "sqrt": Flattener.root,
    "|": lambda flattener, token: flattener.bar("norm", token),
}  # fmt: skip
"""Commands that have arguments, or open and close."""

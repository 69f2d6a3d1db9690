"""Items written as a line of the language, by an operator-precedence reading that knows products without a sign.

Where an implied product or a function without parentheses has two readings, one `Habit` takes the tight one and another
the loose one; the caller compares what comes out.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gradcli.lang.spelling.scan import Item
from gradcli.lang.spelling.texts import Piece, Unreadable, closing, enclosed
from gradcli.lang.spelling.words import Patterns

__all__ = ["Habit", "Line", "write"]

_COMMA, _ASSIGN, _CHOICE, _OR, _AND, _COMPARE, _SUM, _FUNCTION, _PRODUCT, _UNARY, _IMPLIED, _POWER, _ATOM = range(13)

_BINDS = {
    " if ": _CHOICE, " else ": _CHOICE, " for ": _CHOICE, " in ": _CHOICE, "=": _ASSIGN,
    " or ": _OR, "|": _OR, " and ": _AND, "&": _AND,
    "<": _COMPARE, "<=": _COMPARE, ">": _COMPARE, ">=": _COMPARE, "==": _COMPARE, "!=": _COMPARE,
    "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "//": _PRODUCT, "%": _PRODUCT, "@": _PRODUCT, "\\": _PRODUCT,
    "^": _POWER, "**": _POWER,
}  # fmt: skip
_BRACKETS = {"(": ")", "[": "]", "⌊": "⌋", "⌈": "⌉"}
_ROUNDED = {"⌊": "floor", "⌈": "ceil"}


class Habit(NamedTuple):
    """How what is ambiguous is read.

    Attributes:
        tight: an implied product binds more tightly than `/` and `^` before it, and a function without parentheses
            takes a whole product.
        other: of a name with two meanings, and of blanks in a list, the second one.
        matrices: `*`, written or implied, beside a transposed matrix is the product of matrices.
    """

    tight: bool
    other: bool
    matrices: bool


class Line(NamedTuple):
    """A line that was written.

    Attributes:
        text: the line.
        calls_variable: the text applies a name that is no function, as in `x(x+1)`, which is taken for a product.
    """

    text: str
    calls_variable: bool


class _Operand(NamedTuple):
    text: str
    binds: int = _ATOM
    inside: str = ""  # an implied product's text without the parentheses that it got
    closed: bool = False


class _Operator(NamedTuple):
    text: str
    binds: int
    kind: str  # "binary", "prefix", "implied", "function"
    item: Item | None = None
    gaps: tuple[bool, bool] = (False, False)
    closed: bool = False


class _Frame:
    """What has been read inside one pair of brackets or bars."""

    def __init__(self, opening: str, function: Item | None = None) -> None:
        self.opening = opening
        self.function = function
        self.operators: list[_Operator] = []
        self.operands: list[_Operand] = []
        self.parts: list[str] = []
        self.rows: list[str] = []
        self.choice: list[str] = []
        self.listed = False  # whether the elements are separated by commas or blanks
        self.before = False  # whether an implied product stands before it


def write(items: list[Item], habit: Habit) -> Line:
    """The items as a line.

    Raises:
        Unreadable: if they make no sense by this reading.
    """
    return _Writer(items, habit).line()


class _Writer:
    def __init__(self, items: list[Item], habit: Habit) -> None:
        self.items = items
        self.habit = habit
        self.at = 0
        self.frame = _Frame("")
        self.outer: list[_Frame] = []
        self.operand_next = True
        self.calls_variable = False
        self.has_comparison = any(_BINDS.get(i.text) == _COMPARE for i in items if i.kind == "operator")

    def line(self) -> Line:
        while self.at < len(self.items):
            item = self.items[self.at]
            self.at += 1
            if self.operand_next:
                self.operand(item)
            else:
                self.operator(item)
        if self.outer or (self.operand_next and (self.frame.operands or self.frame.operators)):
            raise Unreadable
        self.finish_part()
        return Line("; ".join([*self.frame.rows, ", ".join(self.frame.parts)]), self.calls_variable)

    def next(self) -> Item | None:
        return self.items[self.at] if self.at < len(self.items) else None

    def push(self, text: str, *, closed: bool = False) -> None:
        self.frame.operands.append(_Operand(text, closed=closed))
        self.operand_next = False

    # --- where an operand is expected ---

    def operand(self, item: Item) -> None:
        if item.kind == "atom":
            self.push(item.text, closed=item.closed)
        elif item.kind == "func":
            self.function(item)
        elif item.kind == "open":
            self.open(item.text)
        elif item.kind == "bar" and not self.has_comparison:
            self.open("|")
        elif item.kind == "norm":
            self.open("‖")
        elif item.text in ("+", "-"):
            self.frame.operators.append(_Operator(item.text, _UNARY, "prefix"))
        elif item.kind == "prefix":
            self.frame.operators.append(_Operator("not ", _AND, "prefix"))
        elif item.kind == "close" and self.frame.function is not None and not self.frame.listed:
            self.close(item.text)
        else:
            raise Unreadable

    def function(self, item: Item) -> None:
        follows = self.next()
        if follows is None:
            raise Unreadable
        if follows.kind == "open" and follows.text in "([":
            self.at += 1
            self.open(follows.text, item)
            return
        if follows.kind not in ("atom", "func", "open", "bar", "norm"):
            raise Unreadable
        binds = _FUNCTION if self.habit.tight else _ATOM
        self.frame.operators.append(_Operator(item.text, binds, "function", item))

    def open(self, bracket: str, function: Item | None = None) -> None:
        self.outer.append(self.frame)
        self.frame = _Frame(bracket, function)
        self.operand_next = True

    # --- where an operator is expected ---

    def operator(self, item: Item) -> None:
        if item.kind == "operator":
            self.binary(item)
        elif item.kind == "postfix":
            self.postfix(item)
        elif item.kind == "method":
            self.method(item)
        elif item.kind == "close":
            self.close(item.text)
        elif item.kind in ("bar", "norm"):
            self.bar(item)
        elif item.kind == "comma":
            follows = self.next()
            last = self.frame.operands[-1].text
            if not self.outer and follows is not None and not follows.blank and last[-1:].isdigit():
                raise Unreadable  # 1,5
            self.finish_part()
            self.frame.listed = True
            self.operand_next = True
        elif item.kind == "semicolon":
            self.row()
        elif item.kind in ("question", "colon"):
            self.choose(item.kind)
        else:
            self.juxtaposed(item)

    def juxtaposed(self, item: Item) -> None:
        """An operand after an operand: an index, an element after a blank, or an implied product."""
        frame = self.frame
        left = frame.operands[-1]
        glued = not item.blank
        if item.kind == "open" and item.text == "[" and glued and not left.text[-1:].isdigit():
            self.index()
            return
        if frame.opening == "[" and frame.function is None and item.blank and not self.has("comma"):
            numbers = _is_number(left.text) and _is_number(item.text)
            if not self.habit.other or numbers or frame.rows or self.has("semicolon"):
                self.finish_part()
                frame.listed = True
                self.operand_next = True
                self.operand(item)
                return
        elif _is_number(left.text) and item.kind == "atom" and _is_number(item.text):
            raise Unreadable  # 2 3
        if item.kind == "open" and item.text == "(" and re.fullmatch(r"[^\W\d]\w*", left.text):
            self.calls_variable = True
        self.implied(item)
        self.operand(item)
        if item.kind == "open":
            self.frame.before = True

    def has(self, kind: str) -> bool:
        """Whether the bracket that is open has an item of its own of some kind, from here on."""
        depth = 0
        for item in self.items[self.at :]:
            depth += (item.kind == "open") - (item.kind == "close")
            if depth < 0:
                break
            if item.kind == kind and depth == 0:
                return True
        return False

    def index(self) -> None:
        """`x[i, 1:]`, which is taken as it is written."""
        depth, texts = 0, [self.items[self.at - 1].text]
        while depth >= 0:
            item = self.next()
            if item is None:
                raise Unreadable
            self.at += 1
            depth += (item.kind == "open") - (item.kind == "close")
            texts.append((" " if item.blank else "") + item.text)
        left = self.frame.operands.pop()
        self.push(left.text + "".join(texts))

    def implied(self, item: Item) -> None:
        frame = self.frame
        self.leave_functions(item)
        closed = any(op.closed for op in frame.operators[-1:] if op.binds == _POWER)
        if not self.habit.tight or closed:
            self.reduce(_PRODUCT)
        else:
            while frame.operators and frame.operators[-1].kind == "implied":
                self.reduce_one()
        binds = _IMPLIED if self.habit.tight else _PRODUCT
        sign = "@" if self.habit.matrices and self.among_matrices(item) else "*"
        frame.operators.append(_Operator(sign, binds, "implied"))
        self.operand_next = True

    def among_matrices(self, item: Item) -> bool:
        """Whether an implied product is one of matrices: `x^T A x`, and no number is before it, as in `k x^T x`."""
        left = self.frame.operands[-1].text
        if left.endswith(".T") or "@" in left:
            return True
        after = self.items[self.at] if self.at < len(self.items) else None
        return after is not None and after.text == ".T" and (left[:1].isupper() or left == item.text)

    def leave_functions(self, item: Item) -> None:
        """End the argument of a function without parentheses before the next function: `sin x cos x`."""
        while item.kind == "func" and any(operator.kind == "function" for operator in self.frame.operators):
            self.reduce_one()

    def binary(self, item: Item) -> None:
        frame, text = self.frame, item.text
        binds = _BINDS.get(text)
        follows = self.next()
        if text == "%" and (follows is None or follows.kind in ("operator", "close", "comma", "semicolon")):
            left = frame.operands.pop()
            self.push(f"({enclosed(left.text)}/100)")
            return
        if binds is None or follows is None:
            raise Unreadable
        if binds == _PRODUCT and follows.kind == "func":
            self.leave_functions(follows)
        if binds == _POWER:
            self.reduce(_ATOM)
            if frame.operands[-1].binds < _ATOM:
                last = frame.operands.pop()
                frame.operands.append(_Operand(f"({last.text})"))
            closed = follows.closed or follows.text == "("
            frame.operators.append(_Operator(text, _POWER, "binary", closed=closed))
        else:
            self.reduce(binds)
            if text == "*" and self.habit.matrices and self.beside_transposed(follows):
                text = "@"
            gap = item.blank and follows.blank
            if text == "=" and (self.outer and self.frame.function is None):
                raise Unreadable
            frame.operators.append(_Operator(text, binds, "binary", gaps=(gap, gap)))
        self.operand_next = True

    def beside_transposed(self, follows: Item) -> bool:
        after = self.items[self.at + 1] if self.at + 1 < len(self.items) else None
        right = follows.kind == "atom" and after is not None and after.text == ".T"
        return self.frame.operands[-1].text.endswith(".T") or right

    def postfix(self, item: Item) -> None:
        left = self.frame.operands.pop()
        text = left.text
        if item.text == ".T":
            self.push(enclosed(text) + ".T")
        elif item.text == "°":
            self.push(f"({enclosed(text)}*pi/180)")
        elif item.text == "!":
            follows = self.next()
            if follows is not None and follows.text == "!":
                raise Unreadable
            self.push(f"gamma({_bare(text)} + 1)")
        else:
            raise Unreadable

    def method(self, item: Item) -> None:
        """`x.sum(axis=0)`."""
        left = self.frame.operands.pop()
        follows = self.next()
        if follows is None or follows.text != "(":
            raise Unreadable
        self.at += 1
        self.open("(", Item("func", item.text, patterns={None: (item.text,)}))
        self.frame.parts.append(left.text)

    def bar(self, item: Item) -> None:
        if item.text == "||" and self.frame.opening == "|":
            self.close("|")
            self.implied(item)
            self.open("|")
            return
        text = "‖" if item.kind == "norm" else "|"
        if self.frame.opening == text:
            self.close(text)
            return
        if item.text == "||":
            self.binary(item._replace(kind="operator", text=" or "))
            return
        depth, further = 0, 0
        for other in self.items[self.at :]:
            depth += (other.kind == "open") - (other.kind == "close")
            if depth < 0:
                break
            further += depth == 0 and other.kind == item.kind
        if further % 2 == 0 or self.has_comparison:
            raise Unreadable
        self.implied(item)
        self.open(text)

    def row(self) -> None:
        """`;`: the end of a statement, or of a row of a matrix."""
        self.finish_part()
        frame = self.frame
        if frame.opening not in ("", "["):
            raise Unreadable
        frame.rows.append(", ".join(frame.parts))
        frame.parts = []
        self.operand_next = True

    def choose(self, kind: str) -> None:
        """`c ? a : b`."""
        self.reduce(_COMMA)
        frame = self.frame
        if (kind == "question") != (len(frame.choice) % 2 == 0):
            raise Unreadable
        frame.choice.append(frame.operands.pop().text)
        self.operand_next = True

    def finish_part(self) -> None:
        """The end of an argument, an element or a statement."""
        frame = self.frame
        self.reduce(_COMMA)
        if len(frame.operands) != 1:
            raise Unreadable
        text = frame.operands.pop().text
        while frame.choice:
            if len(frame.choice) % 2:
                raise Unreadable
            chosen, condition = frame.choice.pop(), frame.choice.pop()
            text = f"{chosen} if {condition} else {text}"
        frame.parts.append(_bare(text) if frame.opening else text)

    def close(self, bracket: str) -> None:
        frame = self.frame
        if not self.outer or _BRACKETS.get(frame.opening, frame.opening) != bracket:
            raise Unreadable
        if not self.operand_next:
            self.finish_part()
        elif frame.parts and frame.function is None:
            raise Unreadable
        text = self.bracketed(frame)
        self.frame = self.outer.pop()
        raised = frame.function is not None and frame.function.power != ""
        self.frame.operands.append(_Operand(text, _POWER if raised else _ATOM))
        self.operand_next = False

    def bracketed(self, frame: _Frame) -> str:
        opening, parts = frame.opening, frame.parts
        if frame.function is not None:
            return self.call(frame.function, parts)
        if opening == "|":
            return f"abs({_only(parts)})"
        if opening == "‖":
            return f"norm({_only(parts)})"
        if opening in _ROUNDED:
            return f"{_ROUNDED[opening]}({_only(parts)})"
        if opening == "[" and frame.rows:
            rows = [*frame.rows, ", ".join(parts)]
            return "[" + ", ".join(f"[{row}]" for row in rows) + "]"
        follows = self.next()
        product = frame.before or (
            follows is not None and follows.kind in ("open", "atom", "func") and not frame.listed
        )
        if opening == "[" and len(parts) == 1 and not frame.listed and product:
            return f"({parts[0]})"
        end = _BRACKETS[opening]
        return f"{opening}{', '.join(parts)}{end}"

    def call(self, function: Item, parts: list[str]) -> str:
        patterns: Patterns = function.patterns or {}
        found = patterns.get(len(parts)) or patterns.get(None)
        if found is None:
            raise Unreadable
        pattern = found[-1] if self.habit.other else found[0]
        if "{" in pattern:
            text = pattern.format(*map(Piece, parts))
        elif len(parts) == 0 and pattern == "pi":
            text = pattern
        else:
            text = f"{pattern}({', '.join(parts)})"
        if function.power:
            text = f"{enclosed(text)}{function.power}"
        return text

    # --- operators that wait ---

    def reduce(self, binds: int) -> None:
        """Apply the operators that bind at least so tightly."""
        while self.frame.operators and self.frame.operators[-1].binds >= binds:
            self.reduce_one()

    def reduce_one(self) -> None:
        frame = self.frame
        operator = frame.operators.pop()
        beneath = frame.operators[-1] if frame.operators else None
        right = frame.operands.pop()
        if operator.kind == "function":
            assert operator.item is not None
            text = self.call(operator.item, [_bare(right.text)])
            frame.operands.append(_Operand(text, _POWER if operator.item.power else _ATOM))
            return
        if operator.kind == "prefix":
            text = operator.text + right.text
            if right.inside and beneath is not None and _needs_one_factor(beneath):
                text = f"({operator.text}{right.inside})"
            frame.operands.append(_Operand(text, _UNARY))
            return
        if not frame.operands:
            raise Unreadable
        left = frame.operands.pop()
        if operator.text == "\\":
            frame.operands.append(_Operand(f"solve({left.text}, {right.text})"))
            return
        before, after = (" " if gap else "" for gap in operator.gaps)
        of_left = left.inside if operator.kind == "implied" and left.inside else left.text
        text = f"{of_left}{before}{operator.text}{after}{right.text}"
        if operator.kind == "implied" and beneath is not None:
            signed = beneath.kind == "prefix" and len(frame.operators) > 1 and _needs_one_factor(frame.operators[-2])
            if signed or _needs_one_factor(beneath):
                frame.operands.append(_Operand(f"({text})", inside=text))
                return
        frame.operands.append(_Operand(text, operator.binds))


def _needs_one_factor(operator: _Operator) -> bool:
    """Whether a product on its right needs parentheses."""
    return operator.kind == "binary" and operator.text in ("/", "//", "%", "@", "^", "**", "\\")


def _is_number(text: str) -> bool:
    return text[:1].isdigit() or (text[:1] == "." and text[1:2].isdigit())


def _bare(text: str) -> str:
    """A piece without parentheses around all of it."""
    while text.startswith("(") and closing(text, 0) == len(text) - 1 and text != "()":
        text = text[1:-1].strip()
    return text


def _only(parts: list[str]) -> str:
    if len(parts) != 1:
        raise Unreadable
    return parts[0]

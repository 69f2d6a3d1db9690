"""Names as a language can spell them, and the comments above a function."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import count

from gradcli.errors import UsageProblem
from gradcli.render.code.language import Language
from gradcli.render.words.escape import visible
from gradcli.transforms.operators.array_code import ArrayOutput, ArrayRoutine
from gradcli.transforms.operators.code import Output, Routine

__all__ = ["Names", "comments_of"]

_WIDEST = 300
"""Characters of the program that a comment repeats."""

_DROPPED = (
    "fast: without guards against overflow and underflow (squares in hypot, norm, atan2's slope), for slopes at the"
    " origin, at ties and at powers of 0, for NaN in max and min; powers are products, divisions by one number"
    " products, x % y is x - y*floor(x/y)"
)


def comments_of(routine: Routine | ArrayRoutine, results: Sequence[str], names: Names) -> tuple[str, ...]:
    """What the function computes, and what its arguments and results are."""
    text = routine.expression
    sign = ":" if ";" in text else " ="
    lines = [f"f{sign} {text if len(text) <= _WIDEST else text[: _WIDEST - 3] + '...'}"]
    lines += [f"{names.of(parameter.name)}: {parameter.means}" for parameter in routine.parameters if parameter.means]
    outputs: Sequence[Output | ArrayOutput] = routine.outputs
    for output, result in zip(outputs, results, strict=True):
        means = output.means if len(output.means) <= _WIDEST else output.means[: _WIDEST - 3] + "..."
        lines.append(f"{result}: {means}")
    own = {parameter.name for parameter in routine.parameters} | set(routine.meaning.names.values())
    lines += [f"{new}: {old} in the expression" for old, new in names.renamed.items() if old in own]
    if routine.fast:
        lines += [_DROPPED, *([f"flags: {names.language.flags}"] if names.language.flags else [])]
    return tuple(_one_line(line) for line in lines)


def _one_line(text: str) -> str:
    """Text for a comment; a backslash at the end of one would make the next line a part of it in C."""
    return " ".join(visible(text).split()).rstrip("\\")


class Names:
    """Names as a language can spell them: each once."""

    def __init__(self, language: Language, function: str) -> None:
        self.language = language
        self.known: dict[str, str] = {}
        self.renamed: dict[str, str] = {}
        self.taken: set[str] = set()
        spelled = function.isidentifier() and (function.isascii() or language.quoted)
        if not spelled or self.key(function) in language.reserved:
            raise UsageProblem(f"'{function}' cannot be the name of a function in {language.name}")
        self.function = function
        if not language.quoted:
            self.taken.add(self.key(function))

    def argument(self, name: str) -> str:
        """The name of an argument: of a column its own."""
        if self.language.quoted:
            self.taken.add(self.key(name))
            self.known[name] = self.language.quoted.format(name)
        return self.of(name)

    def of(self, name: str) -> str:
        """The name of a variable of the program."""
        found = self.known.get(name)
        if found is not None:
            return found
        quoted = self.language.quoted
        found = self.fresh(name if quoted else _ascii(name))
        if found != name:
            self.renamed[name] = found
        found = self.known[name] = quoted.format(found) if quoted else found
        return found

    def fresh(self, name: str) -> str:
        """A name that nothing has yet."""
        tried, reserved = name, self.language.reserved
        tries = count(1)
        while (key := self.key(tried)) in self.taken or key in reserved:
            i = next(tries)
            tried = f"{name}_" if i == 1 else f"{name}_{i}"
        self.taken.add(key)
        return tried

    def key(self, name: str) -> str:
        """What tells names apart."""
        return name.lower() if self.language.any_case else name


def _ascii(name: str) -> str:
    """A name in ASCII letters: of a Greek one its name."""
    if name.isascii():
        return f"v{name}" if name.startswith("_") else name
    spelled = ""
    for letter in name:
        if letter.isascii():
            spelled += letter
            continue
        words = unicodedata.name(letter, "").split()
        plain = unicodedata.normalize("NFKD", letter)[0]
        if "LETTER" in words:
            word = words[words.index("LETTER") + 1] if words.index("LETTER") + 1 < len(words) else "x"
            spelled += plain if plain.isascii() else word.capitalize() if "CAPITAL" in words else word.lower()
        else:
            spelled += f"u{ord(letter):x}"
    return f"v{spelled}" if spelled.startswith("_") else spelled

"""Finding the expression among the words of a command line, before its variables are known as options."""

from __future__ import annotations

from collections.abc import Sequence

import click

__all__ = ["Context", "find_expression", "given_names", "takes_value", "with_plain_values"]


class Context(click.Context):
    """The context of every command, whose help is wrapped between words."""

    def make_formatter(self) -> click.HelpFormatter:
        """Make what lays help out."""
        from gradcli.cli.help_lines import Formatter

        return Formatter(width=self.terminal_width, max_width=self.max_content_width)


def find_expression(words: Sequence[str], params: Sequence[click.Parameter]) -> tuple[str | None, list[str]]:
    """Split off the expression: the first word that is neither an option nor an option's value.

    An unknown `--name` counts as a variable's option, which has one value. A word such as `-x**2` is an
    expression and not an option. After `--` every word is an expression.

    Returns:
        The expression, or None, and the other words in order.
    """
    flags = _options(params, flags=True) | {"-h", "--help"}
    valued = _options(params, flags=False)
    rest: list[str] = []
    i = 0
    while i < len(words):
        word = words[i]
        if word == "--":
            return (words[i + 1] if i + 1 < len(words) else None), [*rest, *words[i + 2 :]]
        if word in flags or (word.startswith("--") and "=" in word):
            rest.append(word)
            i += 1
        elif word in valued or word.startswith("--"):
            rest += words[i : i + 2]
            i += 2
        elif _is_short_group(word, flags):
            rest.append(word)
            i += 1
        else:
            return word, [*rest, *words[i + 1 :]]
    return None, rest


def _options(params: Sequence[click.Parameter], *, flags: bool) -> set[str]:
    return {opt for p in params if isinstance(p, click.Option) and p.is_flag == flags for opt in p.opts}


def _is_short_group(word: str, flags: set[str]) -> bool:
    return len(word) > 2 and word[0] == "-" and all(f"-{letter}" in flags for letter in word[1:])


def given_names(words: Sequence[str], params: Sequence[click.Parameter]) -> list[str]:
    """The names that the words give values to, as options or with `--set`, whether the expression has them or not."""
    valued, flags = _options(params, flags=False), _options(params, flags=True) | {"--help"}
    found: list[str] = []
    i = 0
    while i < len(words):
        long, equals, value = words[i].partition("=")
        if long == "--set":
            setting = value if equals else "".join(words[i + 1 : i + 2])
            found.append(setting.partition("=")[0].strip())
        elif long.startswith("--") and len(long) > 2 and long not in valued | flags:
            found.append(long[2:])
        takes = not equals and words[i] not in flags and words[i].startswith("-")
        i += 2 if takes else 1
    return found


def with_plain_values(
    words: Sequence[str], params: Sequence[click.Parameter], names: Sequence[str], given: Sequence[str]
) -> list[str]:
    """The words with a lone `3` as the value of the only variable, and `z=3` as `--set z=3`, which says what is wrong.

    Args:
        words: those beside the expression.
        params: the command's.
        names: the expression's variables and constants, constants last.
        given: those that the words give values to otherwise.
    """
    flags = _options(params, flags=True) | {"-h", "--help"}
    valued = _options(params, flags=False)
    made: list[str] = []
    plain: list[int] = []
    i = 0
    while i < len(words):
        word = words[i]
        if word in flags or (word.startswith("--") and "=" in word) or _is_short_group(word, flags):
            made.append(word)
        elif word in valued or (word.startswith("--") and len(word) > 2):
            made += words[i : i + 2]
            i += 1
        elif word.partition("=")[0].isidentifier() and "=" in word and "==" not in word:
            made += ["--set", word]
        else:
            plain.append(len(made))
            made.append(word)
        i += 1
    if len(plain) == 1 and len(names) == 1 and names[0] not in given and _is_value(made[plain[0]]):
        made[plain[0] : plain[0] + 1] = ["--set", f"{names[0]}={made[plain[0]]}"]
    return made


def _is_value(word: str) -> bool:
    """Whether a word is a number or a list, and no expression, file or forgotten quote."""
    if word.startswith("["):
        return word.endswith("]")
    try:
        float(word)
    except ValueError:
        return False
    return True


def takes_value(words: Sequence[str], params: Sequence[click.Parameter], name: str) -> str | None:
    """The value that the words give to the option called `name`, the last one as click has it, or None."""
    opts = next((p.opts for p in params if p.name == name), [])
    found = None
    for word, following in zip(words, [*words, None][1:], strict=True):
        long, equals, value = word.partition("=")
        if word in opts:
            found = following
        elif equals and long in opts:
            found = value
    return found

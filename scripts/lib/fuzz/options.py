"""Random options for each command, from what the commands themselves declare: a new one comes in by itself."""

from __future__ import annotations

from functools import cache
from random import Random

import click

from gradcli.cli.app import app

_NUMBERS = ("0", "1", "2", "3", "5", "24", "99", "-1", "1e9", "10**9", "0.5", "0.01", "nan", "x", "")
_TEXTS = {
    "wrt": ("a", "a,u", "", "zz", "u,A", "a,,u", "a,a"),
    "seed": ("ones", "[1, 2]", "2", "@x.npy", "-", "nan", "zeros(1e12)"),
    "tangent": ("ones", "a=1", "u=[1, 2, 3]", "a=", "=1", "zz=1", "1", "@x.npy", "a=@x.json", "u=inf"),
    "vector": ("ones", "u=[1, 2, 3]", "a=2", "A=ones((3, 3))", "u=-", "=", "a=a"),
    "set": ("a=2", "q", "=", "a=[1", "u=@x.npy", "zz=1", " a = 1"),
    "file": ("x.txt", "no.txt", "-", ".", "nul.txt", "latin.txt", "bomb.json", "empty.txt"),
    "values": ("x.json", "no.toml", "-", "x.npy", "bomb.json", "x.json:a", "latin.txt", "empty.txt"),
    "output": ("out.json", "out.csv", "out.npz", "out.npy", "out.tex", "no/out.md", "out", ".", "", "nul.txt"),
    "max_memory": ("1MiB", "1", "x", "none", "64KiB", "4GiB", "1e30", "-1", "nan", "0"),
    "shape": ("a=3", "A=3,3", "u=3", "a", "A=0", "A=1e9", "u=101", "=2", "zz=1", "A=3,,3"),
    "timeout": ("0", "0.001", "0.3", "30", "-1", "nan", "inf", "1e300"),
    "check_timeout": ("0", "0.01", "0.3", "-1", "nan", "inf", "1e300"),
}


@cache
def commands() -> tuple[str, ...]:
    """The names of all commands."""
    return tuple(app.list_commands(click.Context(app)))


@cache
def _options(command: str) -> tuple[click.Option, ...]:
    made = app.get_command(click.Context(app), command)
    return tuple(p for p in made.params if isinstance(p, click.Option)) if made is not None else ()


def names(command: str) -> frozenset[str]:
    """The options that a command has."""
    return frozenset(option.name or "" for option in _options(command))


def option(random: Random, command: str) -> list[str]:
    """One option as words, its value most often one that it takes."""
    if not _options(command):
        return []
    chosen = random.choice(_options(command))
    word = random.choice(chosen.opts)
    if chosen.is_flag:
        return [word]
    value = _value(random, chosen)
    return random.choice(([word, value], [f"{word}={value}"] if word.startswith("--") else [word, value]))


def _value(random: Random, chosen: click.Option) -> str:
    if random.random() < 0.03:
        return random.choice(("", "x", "\x1b[31m", "-", "--", "=", "\u202e", "9" * 400))
    if isinstance(chosen.type, click.Choice):
        return str(random.choice(list(chosen.type.choices)))
    return random.choice(_TEXTS.get(chosen.name or "", _NUMBERS))

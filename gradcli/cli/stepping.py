"""A walk through frames with the arrow keys of a terminal, on a screen of its own that is given back at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from gradcli.cli.environment import Environment
from gradcli.errors import UsageProblem

if TYPE_CHECKING:
    from gradcli.cli.settings import Settings

__all__ = ["Frame", "check_terminal", "key_of", "walk"]

Frame: TypeAlias = Callable[[int, int], str]
"""(columns, lines) -> what is shown, of any length."""

_OPEN = "\x1b[?1049h\x1b[?25l"
_CLOSE = "\x1b[?25h\x1b[?1049l"
_TOP, _REST, _BELOW = "\x1b[H", "\x1b[K", "\x1b[J"
_LOOK = 0.25
"""Seconds after which the terminal's size is looked at again."""

_ESCAPE = 0.05
"""Seconds within which the rest of a key's sequence follows its first byte."""

_KEYS = {
    "next": ("\x1b[C", "\x1b[B", "\x1bOC", "\x1bOB", " ", "\r", "\n", "l", "j", "n", "\x1b[6~"),
    "back": ("\x1b[D", "\x1b[A", "\x1bOD", "\x1bOA", "\x7f", "\b", "h", "k", "p", "\x1b[5~"),
    "first": ("\x1b[H", "\x1bOH", "\x1b[1~", "g"),
    "last": ("\x1b[F", "\x1bOF", "\x1b[4~", "G"),
    "end": ("q", "Q", "\x1b", "\x04"),
    "interrupt": ("\x03",),
}

_INTERRUPTED = 130


def key_of(typed: str) -> str:
    """What a key means: next, back, first, last, end, interrupt; "" for any other.

    >>> key_of("\x1b[C"), key_of("q"), key_of("x")
    ('next', 'end', '')
    """
    return next((meaning for meaning, keys in _KEYS.items() if typed in keys), "")


def check_terminal(environment: Environment, settings: Settings) -> None:
    """See that there is a terminal to walk on.

    Raises:
        UsageProblem: if there is none, or what is to be shown is to be written in another form.
    """
    given = [
        name for name, wanted in (("--json", settings.json), ("-q", settings.quiet), ("-o", settings.output)) if wanted
    ]
    if settings.form not in (None, "rich"):
        given.insert(0, f"--format {settings.form}")
    if given:
        raise UsageProblem(f"--step is a walk on a terminal, and {given[0]} is something to write", hint="choose one")
    if not (environment.stdin.isatty() and environment.stdout.isatty()):
        raise UsageProblem(
            "--step needs a terminal, for its keys and to draw on",
            hint="without --step all steps are printed; --format plain reads well anywhere",
        )
    if environment.variables.get("TERM", "") in ("", "dumb"):
        raise UsageProblem("--step draws on the whole terminal, and TERM says that this one cannot be drawn on",
                           hint="without --step all steps are printed")  # fmt: skip
    try:
        import termios  # noqa: F401  # Windows has none
    except ImportError:
        raise UsageProblem("--step needs a POSIX terminal", hint="without --step all steps are printed") from None


def walk(environment: Environment, frames: Sequence[Frame]) -> int:
    """Show frames one by one, as the keys say, until the walk is ended.

    Args:
        environment: with a terminal for input and output.
        frames: at least one.

    Returns:
        The exit status: 0, or that of an interrupt.
    """
    from shutil import get_terminal_size

    place, drawn = 0, None
    with _screen(environment) as keys:
        while True:
            size = get_terminal_size()
            if drawn != (place, size):
                _draw(environment, frames[place](size.columns, size.lines - 2), place, len(frames), size.lines)
                drawn = place, size
            meaning = key_of(next(keys))
            if meaning in ("end", "interrupt"):
                return _INTERRUPTED if meaning == "interrupt" else 0
            moved = {"next": place + 1, "back": place - 1, "first": 0, "last": len(frames) - 1}.get(meaning, place)
            place = min(max(moved, 0), len(frames) - 1)


def _draw(environment: Environment, text: str, place: int, count: int, lines: int) -> None:
    whole, fitting = text.removesuffix("\n").split("\n"), max(lines - 2, 1)
    shown = whole[:fitting]
    if len(whole) > fitting > 1:
        shown[-1] = f"... {len(whole) - fitting + 1} more lines: a higher terminal shows them"
    arrows = "\N{LEFTWARDS ARROW} \N{RIGHTWARDS ARROW}" if environment.unicode() else "arrow keys"
    footer = f"{place + 1} of {count}   {arrows} walk, Home and End jump, q ends"
    drawn = "".join(f"{line}{_REST}\r\n" for line in shown)
    environment.write(environment.stdout, f"{_TOP}{drawn}{_REST}\r\n{footer}{_REST}{_BELOW}")


@contextmanager
def _screen(environment: Environment) -> Iterator[Iterator[str]]:
    """A screen of its own, and the keys that are typed, "" now and then; what was there comes back at the end."""
    import signal
    import termios
    import tty

    descriptor = environment.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def give_back() -> None:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
        environment.write(environment.stdout, _CLOSE)

    def end(number: int, _: object) -> None:
        give_back()
        os._exit(128 + number)

    signals = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        tty.setraw(descriptor)  # Ctrl-C is a key then, and ends the walk with the terminal as it was
        environment.write(environment.stdout, _OPEN)
        yield _typed(descriptor)
    finally:
        give_back()
        for number, handler in signals.items():
            signal.signal(number, handler)


def _typed(descriptor: int) -> Iterator[str]:
    from select import select

    waiting = ""
    while True:
        if not waiting:
            ready, _, _ = select([descriptor], [], [], _LOOK)
            if not ready:
                yield ""
                continue
            read = os.read(descriptor, 1024)
            if not read:  # the terminal is gone
                yield "q"
                return
            waiting = read.decode("utf-8", "replace")
        if waiting == "\x1b" and select([descriptor], [], [], _ESCAPE)[0]:
            waiting += os.read(descriptor, 1024).decode("utf-8", "replace")
        key, waiting = _split(waiting)
        yield key


def _split(typed: str) -> tuple[str, str]:
    r"""The first key of what was typed, and the rest.

    >>> _split("\x1b[Cq"), _split("ab"), _split("\x1b")
    (('\x1b[C', 'q'), ('a', 'b'), ('\x1b', ''))
    """
    if typed[:2] in ("\x1b[", "\x1bO"):
        end = next((i for i, letter in enumerate(typed[2:], start=2) if "@" <= letter <= "~"), len(typed) - 1)
        return typed[: end + 1], typed[end + 1 :]
    return typed[:1], typed[1:]

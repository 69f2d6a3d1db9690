"""Where derivations are kept between runs, and whether one is expected for some words.

Nothing heavy is imported here: it is asked before anything else.
"""

from __future__ import annotations

from gradcli.data.cache import Store, cache_path

TYPE_CHECKING = False  # as typing has it, which is not imported before Ctrl-C is heeded
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["is_expected", "makers", "store_of", "trace_of"]

_OF_NUMBERS = "0123456789.+-eE_, []"


def store_of(variables: Mapping[str, str]) -> Store | None:
    """The folder that the environment tells; None where nothing is to be kept.

    >>> store_of({"GRADCLI_CACHE": "/tmp/kept"}).folder, store_of({"GRADCLI_CACHE": ""})
    ('/tmp/kept', None)
    """
    path = cache_path(variables)
    return None if path is None else Store(path)


def makers() -> str:
    """What derivations are made by: the state of this installation's files that have a part in it, and SymPy's version.

    It is looked at in each run, so that it is right where files are edited.
    """
    import gradcli
    from gradcli.data.sources import state_of, text_of_module

    (top,) = gradcli.__path__
    state = state_of([f"{top}/{room}" for room in ("lang", "ops", "symbolic")])
    return f"{gradcli.__version__} {state} {text_of_module('sympy', 'release.py')}"


def is_expected(words: Sequence[str], variables: Mapping[str, str]) -> bool:
    """Whether there has been a derivation for such words, so that SymPy will hardly be needed.

    It is a guess: the program may come from a file that has changed since, and the derivation may have been dropped.
    """
    if "--no-cache" in words:
        return False
    store = store_of(variables)
    return store is not None and store.is_marked(trace_of(words))


def trace_of(words: Sequence[str]) -> str:
    """A name for words that is the same for other numbers.

    >>> trace_of(["grad", "x**2", "--x", "3"]) == trace_of(["grad", "x**2", "--x", "-4.5"])
    True
    >>> trace_of(["grad", "x**2", "--x", "3"]) == trace_of(["grad", "x**3", "--x", "3"])
    False
    """
    from zlib import crc32

    text = "\0".join(map(_without_number, words)).encode(errors="surrogatepass")
    return f"{crc32(text):08x}{len(text):x}"


def _without_number(word: str) -> str:
    option, sign, value = word.partition("=") if word.startswith("--") else ("", "", word)
    return f"{option}{sign}{'' if not value.strip(_OF_NUMBERS) else value}"

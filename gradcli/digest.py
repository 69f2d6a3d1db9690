"""A name of fixed length for a text."""

from __future__ import annotations

from importlib import import_module

__all__ = ["digest"]

_HOMES = ("_sha2", "_sha256", "hashlib")
"""Where Python has SHA-256: alone since 3.12, alone before, and with OpenSSL, whose loading takes as long as all else
that a kept derivation needs. Python's own `random` takes its digest in the same way."""


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal.

    >>> digest("x")[:12]
    '2d711642b726'
    """
    for home in _HOMES:
        try:
            return str(import_module(home).sha256(text.encode()).hexdigest())
        except ImportError:
            continue
    raise ImportError("Python has no SHA-256")

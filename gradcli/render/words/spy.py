"""A sparse matrix drawn with dots: a dot where one of the entries in its part of the matrix may differ from zero."""

from __future__ import annotations

import numpy as np

from gradcli.coloring.pattern import Pattern

__all__ = ["spy"]

_BRAILLE = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bits of a Braille character's dots, four down and two across."""


def spy(pattern: Pattern, width: int = 60, height: int = 30, unicode: bool = True) -> list[str]:
    """Lines of Braille characters, or of `*` and `.` without them; never larger than the matrix needs.

    Args:
        pattern: of the matrix.
        width: characters across at most.
        height: lines at most.
        unicode: whether Braille can be written.

    >>> spy(Pattern.of(np.eye(4)), unicode=False)
    ['*...', '.*..', '..*.', '...*']
    >>> spy(Pattern.of(np.eye(8)))
    ['⠑⢄⠀⠀', '⠀⠀⠑⢄']
    """
    rows, columns = pattern.shape
    if not rows or not columns:
        return []
    down, across = (4, 2) if unicode else (1, 1)
    # Of a square matrix the picture is square: a character is twice as high as it is wide.
    scale = max(rows / (height * down), columns / (width * across), 1.0)
    tall = max(1, round(rows / scale / (1 if unicode or scale == 1 else 2)))
    wide = max(1, round(columns / scale))
    seen = np.zeros((tall, wide), dtype=bool)
    seen[pattern.rows() * tall // rows, pattern.indices * wide // columns] = True
    if not unicode:
        return ["".join("*" if dot else "." for dot in line) for line in seen]
    whole = np.zeros((-(-tall // 4) * 4, -(-wide // 2) * 2), dtype=bool)
    whole[:tall, :wide] = seen
    blocks = whole.reshape(whole.shape[0] // 4, 4, whole.shape[1] // 2, 2).transpose(0, 2, 1, 3)
    codes = _BRAILLE + np.sum(blocks * np.array(_DOTS), axis=(2, 3))
    return ["".join(map(chr, line)) for line in codes.tolist()]

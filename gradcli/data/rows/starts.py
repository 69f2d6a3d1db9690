"""What a stream without a name shows of itself by its first bytes."""

from __future__ import annotations

from typing import IO

from gradcli.data.rows.formats import Form
from gradcli.errors import InputProblem

__all__ = ["form_of_start", "packing_of_start"]


def packing_of_start(stream: IO[bytes]) -> str:
    r"""How a stream is packed, which its first bytes show: "gz", "zst" or "".

    >>> from io import BufferedReader, BytesIO
    >>> packing_of_start(BufferedReader(BytesIO(b"\x1f\x8b\x08")))
    'gz'
    """
    start = _start(stream)
    return "gz" if start.startswith(b"\x1f\x8b") else "zst" if start.startswith(b"\x28\xb5\x2f\xfd") else ""


def _start(stream: IO[bytes]) -> bytes:
    peek = getattr(stream, "peek", None)
    return bytes(peek(8)[:8]) if peek is not None else b""


def form_of_start(stream: IO[bytes]) -> Form:
    """The format that the first bytes of a stream show.

    Raises:
        InputProblem: if they are those of a JSON array.

    >>> from io import BufferedReader, BytesIO
    >>> form_of_start(BufferedReader(BytesIO(b' {"x": 1}'))), form_of_start(BufferedReader(BytesIO(b"x,y")))
    (Form(name='jsonl', packing=''), Form(name='csv', packing=''))
    """
    start = _start(stream)
    if start.startswith(b"PAR1"):
        return Form("parquet")
    if start.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return Form("arrow")
    if start.startswith(b"PK\x03\x04"):
        return Form("npz")
    text = start.lstrip()
    if text.startswith(b"[") and text[1:].lstrip().startswith(b"{"):
        raise InputProblem("standard input is one JSON array, not a table", hint="jq -c '.[]' makes JSON Lines of it")
    return Form("jsonl") if text.startswith(b"{") else Form("csv")

"""What the cache holds, as lines or as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["render_cache"]


def render_cache(told: Mapping[str, Any], action: str, *, as_json: bool) -> str:
    """The text of `gradcli cache`, ending in a newline.

    Args:
        told: path, derivations, bytes and most bytes; after `clear` how many were cleared.
        action: "info", "path" or "clear".
        as_json: whether it is one JSON object, else lines.

    >>> told = {"path": "/home/ada/.cache/gradcli", "derivations": 2, "bytes": 1234, "most_bytes": 2**25}
    >>> print(render_cache(told, "info", as_json=False), end="")
    path = /home/ada/.cache/gradcli
    derivations = 2
    bytes = 1,234 of 33,554,432
    """
    if as_json:
        import json

        return json.dumps(told, ensure_ascii=False) + "\n"
    if told["path"] is None:
        return "path = none: nothing is kept (GRADCLI_CACHE is empty, or there is no home)\n"
    if action == "path":
        return f"{told['path']}\n"
    if action == "clear":
        return f"cleared = {told['cleared']}\n"
    size = f"{told['bytes']:,} of {told['most_bytes']:,}"
    return f"path = {told['path']}\nderivations = {told['derivations']}\nbytes = {size}\n"

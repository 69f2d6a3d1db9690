"""What is installed and set, as lines or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["render_info"]


def render_info(told: Mapping[str, Any], *, as_json: bool) -> str:
    """The text of `gradcli info`, ending in a newline.

    Args:
        told: versions and settings, by name.
        as_json: whether it is one JSON object, else lines.
    """
    if as_json:
        import json

        return json.dumps(told, ensure_ascii=False) + "\n"
    return "\n".join(_lines(told)) + "\n"


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    for name in ("gradcli", "python", "system", "folder"):
        yield f"{name} = {told[name]}"
    for name, version in told["libraries"].items():
        yield f"{name} = {version or 'not installed'}"
    for extra, libraries in told["extras"].items():
        for name, version in libraries.items():
            yield f"{name} = {version or 'not installed'} (extra: pip install 'gradcli[{extra}]')"
    yield f"config = {_config(told['config'])}"
    yield f"cache = {told['cache'] or 'none'}"
    for name, value in told["environment"].items():
        yield f"{name} = {value}"


def _config(config: Mapping[str, Any]) -> str:
    if config["path"] is None:
        return "none, as GRADCLI_CONFIG says"
    if config["problem"] is not None:
        return f"{config['path']} (refused)"
    if not config["read"]:
        return f"{config['path']} (not there)"
    settings = ", ".join(f"{key} = {value}" for key, value in config["defaults"].items())
    return f"{config['path']} ({settings or 'sets nothing'})"

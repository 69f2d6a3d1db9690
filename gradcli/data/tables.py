"""Files of values under names: JSON, TOML, YAML, CSV with a header, and .npz."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gradcli.data.columns import has_header, read_columns
from gradcli.data.files import read_text
from gradcli.data.json_texts import loaded_json
from gradcli.data.named import Named, flat, within
from gradcli.errors import InputProblem, UsageProblem

__all__ = ["is_named", "named_of_text", "place_of", "read_named", "read_values"]


def read_values(place: str) -> Named:
    """The values of a file, or of a table in it: a value for each name.

    Args:
        place: `p.toml`, or `p.toml:model.rates` for a table in it.

    Raises:
        Problem: if it cannot be read, or holds no values under names.
    """
    path, table = place_of(place)
    named = _of_one_row(read_named(path))
    return named if table is None else within(named, table)


def _of_one_row(named: Named) -> Named:
    """The same values, if each is one.

    Raises:
        InputProblem: if they are columns.
    """
    if named.rows is not None and named.rows > 1:
        raise InputProblem(
            f"{named.origin} has {named.rows:,} rows, and the values of all variables stand in one",
            hint=f"a whole column is the value of one variable: --x @{named.origin}:{named.names[0]}",
        )
    return named


def named_of_text(text: str, origin: str, *, one_row: bool = False) -> Named:
    """The values of a text that is a JSON object, or a header and numbers below it.

    Args:
        text: the text.
        origin: the file, for messages.
        one_row: whether there may be no more than one row of numbers.

    Raises:
        InputProblem: if it is neither.

    >>> named_of_text('{"x": 1}', "standard input").names
    ('x',)
    """
    stripped = text.strip()
    if stripped.startswith("{"):
        return _json(stripped, origin)
    if has_header(stripped):
        columns = read_columns(stripped, origin)
        return _of_one_row(columns) if one_row else columns
    raise InputProblem(
        f"{origin} has no names for its values",
        hint='a JSON object has, such as {"x": 1}; so have TOML, .npz, and CSV with a header',
    )


def place_of(text: str) -> tuple[Path, str | None]:
    """The file and the entry in it that `p.json:x` names; a file may have a colon in its name.

    >>> place_of("p.json:rates.k"), place_of("p.json")
    ((PosixPath('p.json'), 'rates.k'), (PosixPath('p.json'), None))
    """
    head, colon, entry = text.rpartition(":")
    if not colon or not entry or os.path.exists(text):  # noqa: PTH110  # Path's own is not content with every name
        return Path(text), None
    known = Path(head).suffix.lower() in {*_READERS, ".json", ".csv", ".tsv", ".txt", ".npy"}
    return (Path(head), entry) if known or os.path.exists(head) else (Path(text), None)  # noqa: PTH110  # as above


def is_named(path: Path) -> bool:
    """Whether a file of this name has nothing but values under names.

    >>> is_named(Path("p.toml")), is_named(Path("p.csv"))
    (True, False)
    """
    return path.suffix.lower() in _READERS


def read_named(path: Path) -> Named:
    """The values of a file under their names.

    Raises:
        Problem: if it cannot be read, or has no names.
    """
    suffix = path.suffix.lower()
    if suffix == ".npy":
        raise InputProblem(f"{path} holds one array, without a name", hint=f"it is a variable's value: --x @{path}")
    if suffix in _READERS:
        return _READERS[suffix](path)
    text = read_text(path)
    if suffix in (".csv", ".tsv") and not text.lstrip().startswith("{"):
        return read_columns(text, str(path))
    return named_of_text(text, str(path))


def _json(text: str, origin: str) -> Named:
    loaded = loaded_json(text, origin)
    if not isinstance(loaded, dict):
        raise InputProblem(f"{origin} is not one JSON object")
    return flat(loaded, origin)


def _toml(path: Path) -> Named:
    from gradcli.data.toml_texts import loaded_toml

    return flat(loaded_toml(read_text(path), str(path)), str(path))


def _yaml(path: Path) -> Named:
    try:
        from gradcli.data.yaml_texts import loaded_yaml
    except ImportError:
        raise UsageProblem(
            f"{path} needs the package pyyaml, which is not installed",
            hint="pip install 'gradcli[yaml]'; JSON and TOML need nothing",
        ) from None
    loaded: Any = loaded_yaml(read_text(path), str(path))
    if not isinstance(loaded, dict):
        raise InputProblem(f"{path} has no names for its values", hint="such as x: 1")
    return flat(loaded, str(path))


def _archive(path: Path) -> Named:
    from gradcli.data.archives import read_archive

    return read_archive(path)


_READERS: dict[str, Callable[[Path], Named]] = {".toml": _toml, ".npz": _archive, ".yaml": _yaml, ".yml": _yaml}
"""Of files that hold nothing but values under names, by suffix; others are told by their content."""

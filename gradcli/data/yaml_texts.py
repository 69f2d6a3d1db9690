"""YAML of unknown content, by PyYAML, which is an extra: plain data alone, and no aliases, which can multiply it."""

from __future__ import annotations

from typing import Any

import yaml

from gradcli.errors import InputProblem

__all__ = ["loaded_yaml"]


class _Loader(yaml.SafeLoader):
    """Refuses what SafeLoader would take: aliases, and a name twice in one table."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose a node that is no alias."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases are not read", self.get_mark())
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Construct a table whose names differ."""
        made = super().construct_mapping(node, deep=deep)
        if len(made) < len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a name stands twice in one table", node.start_mark)
        return made


def loaded_yaml(text: str, origin: str) -> Any:
    """What a YAML text holds.

    Raises:
        InputProblem: if it is no YAML, or has objects, aliases, or a name twice.

    >>> loaded_yaml("x: [1, 2.5]", "p.yaml")
    {'x': [1, 2.5]}
    """
    try:
        return yaml.load(text, _Loader)  # noqa: S506  # a SafeLoader, and more careful
    except yaml.MarkedYAMLError as error:
        line = "" if error.problem_mark is None else f", line {error.problem_mark.line + 1}"
        raise InputProblem(f"{origin} is not YAML of plain values: {error.problem}{line}") from None
    except (yaml.YAMLError, ValueError):  # a character, a date or a number that YAML or Python does not have
        raise InputProblem(f"{origin} is not YAML of plain values") from None
    except RecursionError:
        raise InputProblem(f"{origin} is nested too deeply") from None

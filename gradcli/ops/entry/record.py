"""Frozen records that are made by keywords."""

from __future__ import annotations

from typing import Any, NoReturn, Self, dataclass_transform

__all__ = ["Record"]


@dataclass_transform(kw_only_default=True, frozen_default=True, eq_default=False)
class Record:
    """A frozen dataclass whose fields are given by keywords, for type checkers too; two are equal if they are one.

    The module `dataclasses` would generate and compile these methods for each class: for an operation's forty fields
    that takes as long as to make all entries of the table.

    >>> class Point(Record):
    ...     x: float
    ...     y: float = 0.0
    >>> point = Point(x=1.0)
    >>> point.y, point.replaced(y=2.0)
    (0.0, Point(x=1.0, y=2.0))
    """

    def __init__(self, **fields: Any) -> None:
        vars(self).update(fields)

    def replaced(self, **fields: Any) -> Self:
        """The same record with other values in some fields.

        Raises:
            TypeError: for a name that no field has.
        """
        unknown = [name for name in fields if not hasattr(self, name)]
        if unknown:
            raise TypeError(f"{type(self).__name__} has no field {unknown[0]}")
        return type(self)(**{**vars(self), **fields})

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a record's field '{name}' cannot be set")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"

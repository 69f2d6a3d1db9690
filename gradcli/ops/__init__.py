"""The derivative table: one entry per operation, and the lookup by name."""

from gradcli.ops.entry.op import OBJECTS, REQUIRED, Op
from gradcli.ops.table.lookup import CONSTANTS, TABLE, lookup, names

__all__ = ["CONSTANTS", "OBJECTS", "REQUIRED", "TABLE", "Op", "lookup", "names"]

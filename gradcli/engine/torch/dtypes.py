"""Types of entries under PyTorch's names: `gradcli.float32`, `gradcli.long`."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["DTYPES"]

DTYPES: dict[str, np.dtype[Any]] = {
    "bool": np.dtype(np.bool_),
    "double": np.dtype(np.float64),
    "float": np.dtype(np.float32),
    "float32": np.dtype(np.float32),
    "float64": np.dtype(np.float64),
    "int": np.dtype(np.int32),
    "int32": np.dtype(np.int32),
    "int64": np.dtype(np.int64),
    "long": np.dtype(np.int64),
}

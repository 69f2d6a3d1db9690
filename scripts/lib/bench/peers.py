"""The libraries that gradcli is measured beside, each set to double precision, and whether their numbers agree."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np

__all__ = ["agree", "hips", "jax_modules", "torch_module"]


def torch_module(threads: int) -> Any:
    """PyTorch with so many threads; None where it is not installed."""
    if not find_spec("torch"):
        return None
    import torch

    torch.set_num_threads(threads)
    return torch


def jax_modules() -> tuple[Any, Any]:
    """JAX and its NumPy."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    return jax, jnp


def hips() -> Any:
    """HIPS autograd."""
    import autograd

    return autograd


def agree(what: str, found: dict[str, Any], close: float = 1e-8) -> None:
    """See that all have the numbers of the first.

    Raises:
        AssertionError: for one that has others.
    """
    first, *others = found
    expected = np.asarray(found[first])
    for name in others:
        near = np.allclose(np.asarray(found[name]), expected, close, close * np.abs(expected).max(initial=0.0))
        assert near, f"{what}: {name} gives other numbers"

"""`gradcli.nn`: losses and activations by the names of `torch.nn.functional`.

>>> import gradcli
>>> gradcli.nn.functional.mse_loss(gradcli.tensor([1.0, 2.0]), gradcli.tensor([1.0, 4.0]))
tensor(2.)
"""

from __future__ import annotations

from gradcli.engine.torch import functional

__all__ = ["functional"]

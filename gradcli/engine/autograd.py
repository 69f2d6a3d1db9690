"""`gradcli.autograd`: gradients as values, as in `torch.autograd`."""

from gradcli.engine.backward import backward, grad

__all__ = ["backward", "grad"]

"""Derivatives of functions, by the names of `torch.autograd` and `torch.func`."""

"""Derivatives of functions, by the names of `torch.autograd` and `torch.func`."""

from gradcli.engine import torch as torch  # a user's functions are given tensors with all of PyTorch's names

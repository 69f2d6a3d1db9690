"""A Tensor engine with reverse-mode autograd: PyTorch's nouns and behaviour, over NumPy."""

from gradcli.engine.torch import methods as methods  # a Tensor is whole only with its methods

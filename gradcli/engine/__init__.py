"""A Tensor engine with reverse-mode autograd: PyTorch's nouns and behaviour, over NumPy."""

from gradcli.engine import attach as attach  # a Tensor is whole only with what lies above its class

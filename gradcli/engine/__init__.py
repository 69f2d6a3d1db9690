"""A Tensor engine with reverse-mode autograd: PyTorch's nouns and behaviour, over NumPy."""

"""A Tensor engine with reverse-mode autograd: PyTorch's nouns and behaviour, over NumPy."""

import warnings

from gradcli.engine import attach as attach  # a Tensor is whole only with what lies above its class

# Infinities and NaNs arise without NumPy's warnings, as in PyTorch. By a filter for what this package computes:
# np.errstate around each elementwise operation would take about a third of its time.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"gradcli\.")

"""`gradcli.autograd`: gradients as values, as in `torch.autograd`."""

from gradcli.engine.api import functional
from gradcli.engine.api.custom import Function
from gradcli.engine.api.gradcheck import gradcheck, gradgradcheck
from gradcli.engine.sweeps.anomaly import detect_anomaly, set_detect_anomaly
from gradcli.engine.sweeps.backward import backward, grad
from gradcli.engine.tape.modes import enable_grad, no_grad, set_grad_enabled

__all__ = [
    "Function",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "functional",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
]

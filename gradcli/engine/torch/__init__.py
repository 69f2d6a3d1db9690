"""PyTorch's names: functions, methods, creation, shapes, types. Importing it gives the class Tensor the methods."""

from gradcli.engine.tape.tensor import Tensor
from gradcli.engine.torch.bitwise import BITWISE
from gradcli.engine.torch.copies import PROTOCOL
from gradcli.engine.torch.methods import all_methods

__all__ = ["Tensor"]


def _attach() -> None:
    """Set what the class does not have of its own, once."""
    for name, attribute in {**BITWISE, **PROTOCOL}.items():
        setattr(Tensor, name, attribute)
    for name, attribute in all_methods().items():
        if not hasattr(Tensor, name):  # what the class has of its own goes before the table
            setattr(Tensor, name, attribute)
    if "__getattr__" in vars(Tensor):  # what stood for these names
        del Tensor.__getattr__


_attach()

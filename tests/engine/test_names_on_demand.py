"""PyTorch's names come to a tensor when the first of them is asked for, and are there for users from the start."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

import gradcli

INSIDE = (
    "import sys, numpy as np\nfrom gradcli.engine.tape.tensor import Tensor\nx = Tensor(np.array([1.0, 2.0]), True)\n"
)
"""A tensor as the commands make one: nothing has imported PyTorch's names."""


def told(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr.strip().rpartition("\n")[2]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("x.sum().item()", "3.0\n"),
        ("hasattr(x, 'exp_') and not hasattr(x, 'numbers')", "True\n"),
        ("x.numbers", "AttributeError: 'Tensor' object has no attribute 'numbers'"),
        ("[t.item() for t in x]", "[1.0, 2.0]\n"),
    ],
)
def test_the_first_that_is_asked(asked: str, answer: str) -> None:
    assert told(f"{INSIDE}print({asked})") == answer


def test_operators_need_none_of_them_and_what_stood_for_them_goes() -> None:
    code = (
        f"{INSIDE}(x * x - 2 * x)[0].backward()\n"
        "print('gradcli.engine.torch' in sys.modules, '__getattr__' in vars(Tensor), x._edge is None)\n"
        "hasattr(x, '_private')\n"
        "print('gradcli.engine.torch' in sys.modules)\n"
        "x.exp\n"
        "print('gradcli.engine.torch' in sys.modules, '__getattr__' in vars(Tensor))"
    )
    assert told(code) == "False True False\nFalse\nTrue False\n"


def test_a_user_meets_whole_tensors() -> None:
    code = (
        "import gradcli\n"
        "print('exp_' in dir(gradcli.Tensor), callable(gradcli.Tensor.sum), '__getattr__' in vars(gradcli.Tensor))\n"
        "print(gradcli.tensor([True, False]) & gradcli.tensor([True, True]))\n"
        "class Mine(gradcli.Tensor): pass\n"
        "print(Mine(gradcli.tensor(1.0).array).numel())"
    )
    assert told(code) == "True True False\ntensor([ True, False])\n1\n"


@pytest.mark.parametrize("room", ["autograd", "func"])
def test_functions_of_a_users_are_given_whole_tensors(room: str) -> None:
    assert told(f"import sys, gradcli\ngradcli.{room}\nprint('gradcli.engine.torch' in sys.modules)") == "True\n"


def test_a_pickled_tensor_is_whole_in_another_process() -> None:
    pickled = pickle.dumps(gradcli.tensor([1.0, 2.0]))
    assert told(f"import pickle\nprint(pickle.loads({pickled!r}).sum())") == "tensor(3.)\n"


def test_no_name_that_was_asked_for_stands_in_the_way_of_another() -> None:
    code = (
        "import gradcli\n"
        "names = [name for name in dir(gradcli) if not name.startswith('_')]\n"
        "names += ['float', 'int', 'bool', 'abs', 'max', 'min', 'sum', 'all', 'any', 'round', 'pow']\n"
        "for name in [*names, *reversed(names), 'pi', 'e', 'inf', 'nan']:\n"
        "    vars(gradcli).pop(name, None) if name in gradcli._NUMBERS else getattr(gradcli, name)\n"
        "print(gradcli.pi, gradcli.e, gradcli.inf, gradcli.nan)\n"
    )
    assert told(code) == "3.141592653589793 2.718281828459045 inf nan\n"

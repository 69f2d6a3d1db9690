"""What peers such as PyTorch answer, recorded, so that tests compare with them where they are not installed.

A test asks by `told("torch", ask)`. The answer comes from `tests/data/torch`, from the file named as the test's module.
Where the peer is installed it is asked as well, and the record must say the same. `python -m tests.record` writes the
records anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np  # at run time only where it is needed: some tests are about a process without NumPy

__all__ = ["RECORDING", "Raised", "Seen", "begin", "installed", "same", "told", "write"]

RECORDING = "GRADCLI_RECORD"
"""The environment variable that is set while answers are recorded."""

FOLDER = Path(__file__).parent / "data"

Key = tuple[str, int]
"""The test's name with its parameters, and the number of the question within the test."""


class Raised(Exception):
    """An error that the peer raised: its class and the beginning of its message."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What is compared of a tensor."""

    values: np.ndarray[Any, Any]
    dtype: str
    requires_grad: bool
    is_leaf: bool
    grad_fn: str | None


class _Current:
    """The running test, and how many questions it has asked."""

    file = ""
    test = ""
    asked = 0


_current = _Current()
_new: dict[tuple[str, str], dict[Key, Any]] = {}


def begin(node: str) -> None:
    """The test with this pytest's name begins."""
    path, _, _current.test = node.partition("::")
    _current.file = Path(path).stem
    _current.asked = 0


@cache
def installed(peer: str) -> bool:
    """Whether the peer can be asked."""
    return find_spec(peer) is not None


def told(peer: str, ask: Callable[[Any], Any]) -> Any:
    """What the peer answers to the running test's next question.

    Args:
        peer: the name of its module, such as "torch".
        ask: takes the peer's module; gives plain values, arrays, `Seen`, lists, tuples, dicts and errors.

    Raises:
        LookupError: nothing is recorded.
        AssertionError: the peer is installed and answers otherwise than the record.
    """
    key = _current.test, _current.asked
    _current.asked += 1
    if os.environ.get(RECORDING):
        recorded = ask(import_module(peer))
        _new.setdefault((peer, _current.file), {})[key] = encode(recorded)
        return decode(encode(recorded))
    answers = _answers(peer, _current.file)
    if key not in answers:
        raise LookupError(f"no answer of {peer} is recorded for {key}: install it and run `python -m tests.record`")
    recorded = decode(answers[key])
    if installed(peer):
        same(recorded, ask(import_module(peer)), ("record", peer))
    return recorded


def write() -> None:
    """Write the recorded answers, a line each, and keep those of tests that did not run."""
    for (peer, file), answers in _new.items():
        path = FOLDER / peer / f"{file}.jsonl"
        path.parent.mkdir(exist_ok=True)
        lines = [
            json.dumps({"test": test, "question": question, "answer": answer}, ensure_ascii=False)
            for (test, question), answer in sorted(({**_answers(peer, file), **answers}).items())
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@cache
def _answers(peer: str, file: str) -> dict[Key, Any]:
    path = FOLDER / peer / f"{file}.jsonl"
    if not path.exists():
        return {}
    records = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {(record["test"], record["question"]): record["answer"] for record in records}


def encode(answer: Any) -> Any:
    """An answer as JSON has it; every float reads back as the same one."""
    import numpy as np

    if answer is None or isinstance(answer, bool | int | float | str):
        return answer
    if type(answer) is list:
        return [encode(item) for item in answer]
    if type(answer) is tuple:
        return {"tuple": [encode(item) for item in answer]}
    if type(answer) is dict:
        return {"dict": [[key, encode(item)] for key, item in answer.items()]}
    if isinstance(answer, np.ndarray):
        return {"array": answer.ravel().tolist(), "shape": answer.shape, "dtype": str(answer.dtype)}
    if isinstance(answer, Seen):
        told = {"requires_grad": answer.requires_grad, "is_leaf": answer.is_leaf, "grad_fn": answer.grad_fn}
        assert str(answer.values.dtype) == answer.dtype
        return {**encode(answer.values), **told}
    if isinstance(answer, Exception):
        message = f"{type(answer).__name__}: {answer}"
        return {"raised": message.splitlines()[0][:100]}
    raise TypeError(f"no record of a {type(answer).__name__}")


def decode(record: Any) -> Any:
    """The answer that was encoded."""
    import numpy as np

    if isinstance(record, list):
        return [decode(item) for item in record]
    if not isinstance(record, dict):
        return record
    if "tuple" in record:
        return tuple(decode(item) for item in record["tuple"])
    if "dict" in record:
        return {key: decode(item) for key, item in record["dict"]}
    if "raised" in record:
        return Raised(record["raised"])
    values = np.array(record["array"], record["dtype"]).reshape(record["shape"])
    if "is_leaf" not in record:
        return values
    return Seen(values, record["dtype"], record["requires_grad"], record["is_leaf"], record["grad_fn"])


def same(one: Any, other: Any, names: tuple[str, str] = ("gradcli", "PyTorch")) -> None:
    """Assert that two outcomes are the same values, or that both are errors.

    Floats may differ by rounding, for a peer's last digits depend on the machine.
    """
    if isinstance(one, Exception) or isinstance(other, Exception):
        both = isinstance(one, Exception) and isinstance(other, Exception)
        assert both, f"{names[0]}: {one!r}\n{names[1]}: {other!r}"
        return
    _same(one, other, names, "result")


def _same(one: Any, other: Any, names: tuple[str, str], where: str) -> None:
    import numpy as np

    differ = f"{where}: {names[0]} {one!r}, {names[1]} {other!r}"
    if isinstance(other, Seen):
        assert isinstance(one, Seen), differ
        assert one.values.shape == other.values.shape, differ
        _same(one.values, other.values, names, f"{where}: values")
        told = [(seen.dtype, seen.requires_grad, seen.is_leaf, seen.grad_fn) for seen in (one, other)]
        assert told[0] == told[1], differ
    elif isinstance(other, dict):
        assert isinstance(one, dict), differ
        assert one.keys() == other.keys(), differ
        for key in other:
            _same(one[key], other[key], names, f"{where}[{key!r}]")
    elif isinstance(other, list | tuple):
        assert type(one) is type(other), differ
        assert len(one) == len(other), differ
        for i, (first, second) in enumerate(zip(one, other, strict=True)):
            _same(first, second, names, f"{where}[{i}]")
    elif isinstance(other, np.ndarray | float):
        coarse = np.asarray(other).dtype == np.float32
        np.testing.assert_allclose(one, other, rtol=1e-5 if coarse else 1e-10, atol=1e-12, err_msg=where)
    else:
        assert one == other, differ

"""Memory for results is given again once nobody holds them, a part of them or what was made of them without a copy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from gradcli.batch import Cells
from gradcli.batch.spare import Spare
from gradcli.lang import parse
from gradcli.transforms.rows.compute import Computer
from gradcli.transforms.rows.task import task

FLOAT, BOOL = np.dtype(float), np.dtype(bool)


def place(array: np.ndarray) -> int:
    return int(array.ctypes.data)


def test_what_is_held_is_not_given_again() -> None:
    spare = Spare()
    first = spare.empty(100, FLOAT)
    where = place(first)
    part, again = first[3:5], first.data
    del first
    assert place(spare.empty(100, FLOAT)) != where
    del part
    assert place(spare.empty(100, FLOAT)) != where
    del again
    assert place(spare.empty(100, FLOAT)) == where
    assert spare.empty(100, BOOL).dtype == BOOL
    assert len(spare.empty(101, FLOAT)) == 101


def test_what_is_too_short_is_let_go() -> None:
    spare = Spare()
    held = spare.empty(10, FLOAT)
    for rows in range(20, 40):
        assert len(spare.empty(rows, FLOAT)) == rows
    assert len(spare._known) == 2
    assert len(held) == 10


def test_threads_share_no_memory() -> None:
    spare = Spare()

    def hold(number: int) -> bool:
        mine = spare.empty(1000, FLOAT)
        mine[:] = number
        return bool((mine == number).all())

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(hold, range(500)))
    assert len(spare._known) <= 8


def test_results_that_are_held_stay_as_they_are() -> None:
    computer = Computer(task(parse("x**2"), ["x"], {}), {"x": "real"})
    found = [computer.compute({"x": Cells(np.full(1000, float(i)))}, 1000) for i in range(5)]
    assert [one.columns["value"][7] for one in found] == [i**2 for i in range(5)]
    where = place(found.pop().columns["d_x"])
    after = computer.compute({"x": Cells(np.full(1000, 9.0))}, 1000)
    assert where in {place(array) for array in after.columns.values()}
    assert [one.columns["d_x"][7] for one in found] == [2 * i for i in range(4)]

"""The page of plots: its examples print what it says, and its pictures are those that its commands make."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tests.plot_page import PAGE, TOP, commands, make
from tests.test_docs import examples, told

TEXT = PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("command", "output"), list(examples(TEXT)), ids=lambda value: value.split("\n")[0][:50])
def test_example_of_plots(command: str, output: str) -> None:
    status, stdout, stderr = told(command, TOP)
    assert (stdout, stderr, status) == (output, "", 0)


def test_every_picture_of_the_page_is_made_by_a_command() -> None:
    shown = {f"docs/{name}" for name in re.findall(r"!\[[^]]*\]\(([^)]+)\)", TEXT)}
    assert shown == set(commands()) == {f"docs/plots/{path.name}" for path in (TOP / "docs" / "plots").iterdir()}
    assert len(shown) >= 4


@pytest.mark.parametrize("name", commands())
def test_pictures_are_fresh(name: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="pictures are drawn by matplotlib, of the extra 'plot'")
    made = tmp_path / Path(name).name
    make(commands()[name], made)
    if made.suffix == ".png":
        from matplotlib.image import imread

        one, other = imread(made), imread(TOP / name)
        assert one.shape == other.shape
        assert float(np.abs(one - other).mean()) < 0.02
        return
    one_text, other_text = made.read_text(encoding="utf-8"), (TOP / name).read_text(encoding="utf-8")
    drawn_by = [re.findall(r"Matplotlib v(\d+\.\d+)", text)[0] for text in (one_text, other_text)]
    if drawn_by[0] != drawn_by[1]:
        pytest.skip(f"the picture was drawn by matplotlib {drawn_by[1]}, here is {drawn_by[0]}")
    numbers = [np.array(re.findall(r"-?\d+\.\d+", text), float) for text in (one_text, other_text)]
    assert numbers[0].shape == numbers[1].shape
    assert np.allclose(numbers[0], numbers[1], atol=0.01)

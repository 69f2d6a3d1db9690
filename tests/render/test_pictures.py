"""Graphs as DOT, Mermaid, SVG and PNG: all of the graph, each node once, and no text of the user's that is obeyed."""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from gradcli.data import graphviz
from gradcli.data.graphviz import GraphvizProblem
from gradcli.errors import UsageProblem
from gradcli.render import Style, render, render_bytes
from gradcli.render.pictures.boxes import MOST_NODES, picture_of, size_of
from gradcli.render.pictures.layouts import layout_of
from gradcli.render.pictures.svg import svg
from gradcli.transforms.operators.graph import graph
from gradcli.transforms.results.graph import Graph
from tests.render import samples
from tests.render.samples import computed, leaf

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    "<script>alert(1)</script>", "]]>", "a & b &amp; &lt;", "\"quoted\" 'text'", "back\\slash \\N \\n", "θ→∂ 变量",
    "%%{init: {}}%%", "`md` **b** _i_", "a;b #35; #quot;", "\u202eevil\x1b[31m", "$x_1$ {{}}", "1. - x", "-->",
)  # fmt: skip


def hostile(text: str) -> Graph:
    """A graph whose every text is a hostile one."""
    made = samples.graph(leaf(text, 1.0, 1.0), computed("Sin", text, 0.5, (0,), name=text))
    return Graph(text, made.inputs, made.value, made.nodes, True)


def layered(result: Graph, form: str = "svg", depth: int | None = None) -> str:
    return render(result, None, Style(form, layout="layered", depth=depth))  # type: ignore[arg-type]


def texts(picture: str) -> list[list[str]]:
    """The lines of each box of an SVG."""
    root = ET.fromstring(picture)
    return [[t.text or "" for t in g.iter(f"{SVG}text")] for g in root.iter(f"{SVG}g") if "node" in g.get("class", "")]


def classes(picture: str) -> list[str]:
    found = [g.get("class", "") for g in ET.fromstring(picture).iter(f"{SVG}g")]
    return [name.removeprefix("node ") for name in found if name.startswith("node")]


PRODUCT_LINES = [
    ["w", "leaf", "value 1.0", "grad 5.0"],
    ["x", "leaf", "value 2.0", "grad 2.0"],
    ["a = w + x", "AddBackward0", "value 3.0", "grad 2.0"],
    ["1.0", "constant"],
    ["b = w + 1", "AddBackward0", "value 2.0", "grad 3.0"],
    ["a*b", "MulBackward0", "value 6.0", "grad 1.0"],
]
EDGES = [(0, 2), (0, 4), (1, 2), (2, 5), (3, 4), (4, 5)]


@pytest.mark.parametrize("layout", ["layered", "graphviz"])
def test_an_svg_has_every_node_once_with_value_and_gradient(layout: str) -> None:
    if layout == "graphviz" and not graphviz.is_installed():
        pytest.skip("Graphviz is not installed")
    picture = render(samples.PRODUCT, None, Style("svg", layout=layout))
    assert texts(picture) == PRODUCT_LINES
    assert classes(picture) == ["leaf", "leaf", "operation", "constant", "operation", "output"]
    wires = [p for p in ET.fromstring(picture).iter(f"{SVG}path") if p.get("data-to")]
    assert sorted((int(p.get("data-from", "")), int(p.get("data-to", ""))) for p in wires) == EDGES
    assert all(p.get("marker-end") for p in wires)


def test_kinds_have_colours_of_their_own_for_light_and_dark() -> None:
    style = layered(samples.PRODUCT)
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    for part in (light, dark):
        fills = re.findall(r"\.node\.(\w+) rect { fill: (#\w+)", part)
        assert [kind for kind, _ in fills] == ["leaf", "constant", "operation", "output"]
        assert len({color for _, color in fills}) == 4


def test_kinks_are_marked() -> None:
    result = graph("abs(w) + where(w < 0, x, 1)*relu(x)", {"w": 0.0, "x": 2.0})
    assert [node.function for node in result.nodes if node.kink] == ["abs", "less"]
    picture = layered(result)
    assert [name for name in classes(picture) if "kinked" in name] == ["operation kinked"] * 2
    assert [lines[-1] for lines in texts(picture) if "kink" in lines[-1]] == ["⚠ kink"] * 2
    assert "the derivative taken: 0 at 0" in picture
    assert layered(result, "dot").count("dashed") == 2
    assert re.search(r"class n\d+,n\d+ kink", layered(result, "mermaid"))
    assert "abs(w)  AbsBackward0  value=0.0  grad=1.0  kink" in layered(result, "plain")
    assert classes(layered(graph("abs(w)", {"w": 1.0}))) == ["leaf", "output"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_in_svg(text: str) -> None:
    root = ET.fromstring(layered(hostile(text)))
    shown = "".join(c if c.isprintable() else "\ufffd" for c in text)
    found = texts(layered(hostile(text)))
    assert found[0][0] == shown
    assert found[1][0].startswith(shown[:10])
    assert root.get("aria-label") == f"The graph of {shown}"
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "style", "defs", "marker", "path", "g", "rect", "text"
    }  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_in_dot(text: str) -> None:
    if not graphviz.is_installed():
        pytest.skip("Graphviz is not installed")
    written = layered(hostile(text), "dot")
    done = subprocess.run(["dot", "-Tsvg"], input=written, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    drawn = [element.text or "" for element in ET.fromstring(done.stdout).iter(f"{SVG}text")]
    shown = "".join(c if c.isprintable() else "\ufffd" for c in text)
    assert drawn[0].replace("\xa0", " ").split() == shown.split()
    counted = subprocess.run(["dot", "-Tjson"], input=written, capture_output=True, text=True, check=True)
    assert [node["name"] for node in json.loads(counted.stdout)["objects"]] == ["n0", "n1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_in_mermaid(text: str) -> None:
    lines = layered(hostile(text), "mermaid").splitlines()
    assert lines[0] == "flowchart TD"
    label = re.fullmatch(r'  n0\(\["(.*)"\]\):::leaf', lines[1])
    assert label is not None
    first, *_ = label[1].split("<br/>")
    assert not re.search(r"[<>\"\\`%$*_{}\[\]&;](?<!#\d;)(?<!\d;)", first)
    shown = "".join(c if c.isprintable() else "\ufffd" for c in text)
    assert re.sub(r"#(\d+);", lambda found: chr(int(found[1])), first).replace("\u200b", "") == shown


def test_arrays_are_told_short_and_long_texts_cut_in_the_middle() -> None:
    big = np.linspace(-2.1, 3.4, 3000).reshape(1000, 3)
    result = samples.graph(leaf("x", big, big), computed("Add", "first + " * 50 + "last", 51.0, (0,)))
    found = texts(layered(result))
    assert found[0][2:] == ["value <1000×3, -2.1 … 3.4>", "grad <1000×3, -2.1 … 3.4>"]
    assert found[1][0].startswith("first + first")
    assert found[1][0].endswith("+ first + last")
    assert len(found[1][0]) <= 36


@pytest.mark.parametrize("form", ["svg", "dot", "mermaid"])
def test_a_depth_cuts_and_tells(form: str) -> None:
    cut = layered(samples.PRODUCT, form, depth=1)
    assert "inputs not drawn" in cut.replace("&#", "")
    assert "leaf<" not in cut.replace("rect", "")
    assert len(picture_of(samples.PRODUCT, 1).boxes) == 3
    assert len(picture_of(samples.PRODUCT, 0).boxes) == 1


def test_too_many_nodes_for_a_picture_are_refused_but_not_for_text() -> None:
    result = samples.chain(MOST_NODES + 1)
    with pytest.raises(UsageProblem, match="5,001 nodes"):
        layered(result)
    assert layered(result, "dot").count("->") == MOST_NODES
    assert layered(result, "svg", depth=3).count('<g class="node') == 4


def test_a_large_picture_is_whole() -> None:
    root = ET.fromstring(layered(samples.chain(2_000)))
    assert sum(1 for g in root.iter(f"{SVG}g") if "node" in g.get("class", "")) == 2_000


def size_of_png(content: bytes) -> tuple[int, int]:
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def test_a_png_by_matplotlib() -> None:
    pytest.importorskip("matplotlib", reason="PNG in our layout needs matplotlib, of the extra 'plot'")
    content = render_bytes(samples.PRODUCT, None, Style("png", layout="layered"))
    picture = picture_of(samples.PRODUCT)
    width, height = layout_of(picture, "layered").size
    assert size_of_png(content) == pytest.approx((2 * width, 2 * height), abs=2)
    assert size_of_png(render_bytes(hostile("$x_1$ \\frac"), None, Style("png", layout="layered")))[0] > 100


def test_a_png_by_graphviz() -> None:
    if not graphviz.is_installed():
        pytest.skip("Graphviz is not installed")
    for text in HOSTILE:
        assert size_of_png(render_bytes(hostile(text), None, Style("png", layout="graphviz")))[0] > 50


def test_without_graphviz_and_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr("gradcli.render.pictures.png.find_spec", lambda name: None)
    with pytest.raises(UsageProblem, match=r"Graphviz .* or matplotlib is needed") as caught:
        render_bytes(samples.PRODUCT, None, Style("png"))
    assert "pip install 'gradcli[plot]'" in (caught.value.hint or "")
    with pytest.raises(UsageProblem, match="Graphviz is not installed"):
        render(samples.PRODUCT, None, Style("svg", layout="graphviz"))
    assert texts(render(samples.PRODUCT, None, Style("svg"))) == PRODUCT_LINES


@pytest.mark.parametrize(
    ("script", "told"),
    [("echo broken >&2; exit 1", "Graphviz failed: broken"), ("exec sleep 60", "Graphviz took longer than 0.3 s")],
)
def test_a_graphviz_that_fails_or_hangs(
    script: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "dot"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(program))
    monkeypatch.setattr(graphviz, "SECONDS", 0.3)
    with pytest.raises(GraphvizProblem, match=told):
        graphviz.placed_by_dot("digraph {}")
    with pytest.raises(UsageProblem, match=told):
        render(samples.PRODUCT, None, Style("svg", layout="graphviz"))
    assert texts(render(samples.PRODUCT, None, Style("svg"))) == PRODUCT_LINES


def test_letters_fit_their_boxes() -> None:
    picture = picture_of(graph("θ_1*sin(x)", {"θ_1": 1.5, "x": 2.0}))
    for box in picture.boxes:
        assert size_of(box).width >= 7.85 * max(len(line.text) for line in box.lines) + 16
    assert "θ_1" in svg(picture, layout_of(picture, "layered"))

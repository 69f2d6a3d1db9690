"""`gradcli graph` as pictures: which suffix and format give what, and what is refused."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from gradcli.cli.environment import Environment
from gradcli.cli.main import main
from tests.cli.runner import Pipe, gradcli

GRAPH = ["graph", "a = w + x; b = w + 1; a*b", "--w", "1", "--x", "2"]


@pytest.mark.parametrize(
    ("suffix", "begins"),
    [
        ("svg", b"<svg "),
        ("dot", b"digraph"),
        ("gv", b"digraph"),
        ("mmd", b"flowchart"),
        ("png", b"\x89PNG"),
        ("json", b"{"),
    ],
)
def test_a_suffix_chooses(suffix: str, begins: bytes, tmp_path: Path) -> None:
    if suffix == "png":
        pytest.importorskip("matplotlib", reason="PNG in our layout needs matplotlib, of the extra 'plot'")
    file = tmp_path / f"g.{suffix}"
    done = gradcli([*GRAPH, "--layout", "layered", "-o", str(file)])
    assert (done.stdout, done.stderr, done.status) == ("", "", 0)
    assert file.read_bytes().startswith(begins)
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("form", ["svg", "dot", "mermaid"])
def test_a_format_is_written_to_a_pipe(form: str) -> None:
    done = gradcli([*GRAPH, "--format", form])
    assert done.status == 0
    assert "MulBackward0" in done.stdout


def test_the_tree_stays_the_default() -> None:
    assert gradcli(GRAPH).stdout.startswith("a*b  MulBackward0  value=6.0  grad=1.0\n  a = w + x")


def test_a_png_does_not_go_to_a_terminal() -> None:
    pytest.importorskip("matplotlib", reason="PNG in our layout needs matplotlib, of the extra 'plot'")
    done = gradcli([*GRAPH, "--layout", "layered", "--format", "png"], terminal=True)
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr == "error: a terminal does not show a PNG picture\nhint: write it to a file: -o FILE.png\n"


def test_a_png_goes_to_a_pipe() -> None:
    pytest.importorskip("matplotlib", reason="PNG in our layout needs matplotlib, of the extra 'plot'")
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    words = [*GRAPH, "--layout", "layered", "--format", "png"]
    assert main(words, Environment(Pipe(), out, Pipe(), {"GRADCLI_CONFIG": ""})) == 0
    assert isinstance(out.buffer, io.BytesIO)
    assert out.buffer.getvalue().startswith(b"\x89PNG")


def test_other_commands_have_no_pictures(tmp_path: Path) -> None:
    done = gradcli(["grad", "x*y", "--x", "1", "--y", "2", "-o", str(tmp_path / "g.svg")])
    assert done.status == 2
    assert "does not say in what format" in done.stderr
    assert ".svg" not in done.stderr.split("hint")[1]


def test_a_file_that_cannot_be_drawn_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradcli.data.graphviz.shutil.which", lambda name: None)
    monkeypatch.setattr("gradcli.render.pictures.png.find_spec", lambda name: None)
    file = tmp_path / "g.png"
    file.write_text("what was there")
    done = gradcli([*GRAPH, "-o", str(file)])
    assert done.status == 2
    assert "gradcli[plot]" in done.stderr
    assert file.read_text() == "what was there"


def test_a_comparison_of_variables_called_script_is_no_element(tmp_path: Path) -> None:
    file = tmp_path / "g.svg"
    words = ["graph", "where(x <script> y, x*y, alert)", "--x", "1", "--script", "2", "--y", "0.5", "--alert", "3"]
    assert gradcli([*words, "--layout", "layered", "-o", str(file)]).status == 0
    root = ET.parse(file).getroot()
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert "x <script> y" in "".join(root.itertext())


def test_json_tells_where_each_node_is_in_the_text() -> None:
    document = json.loads(gradcli(["graph", "abs(x)*y", "--x", "0", "--y", "2", "--json"]).stdout)
    assert [document["expression"][n["start"] : n["end"]] for n in document["nodes"]] == [
        "x",
        "abs(x)",
        "y",
        "abs(x)*y",
    ]
    assert [n["kink"] for n in document["nodes"]] == [None, "0 at 0", None, None]


def test_html_writes_a_page(tmp_path: Path) -> None:
    for words in (["--html", str(tmp_path / "a.html")], ["-o", str(tmp_path / "b.htm")]):
        done = gradcli([*GRAPH, *words])
        assert (done.stdout, done.stderr, done.status) == ("", "", 0)
        assert Path(words[1]).read_text(encoding="utf-8").startswith("<!doctype html>")
    assert gradcli([*GRAPH, "--format", "html"]).stdout.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--html", "p.html", "--json"], "--html writes a page, and another format is asked for"),
        (["--html", "p.html", "-o", "q.html"], "--html and -o both say where to write"),
        (["--html", "-", "--open"], "--html - writes the page to standard output, and --open opens a file"),
        (["--open", "--format", "svg"], "--open writes a page, and another format is asked for"),
        (["--html", "p.html", "--depth", "1"], "a page has every node"),
    ],
)
def test_what_contradicts_a_page_is_refused(words: list[str], told: str) -> None:
    done = gradcli([*GRAPH, *words])
    assert (done.status, done.stdout) == (2, "")
    assert told in done.stderr
    assert not Path("p.html").exists()


def test_open_gives_the_browser_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def browse(address: str) -> bool:
        opened.append(address)
        return True

    monkeypatch.setattr("webbrowser.open", browse)
    file = tmp_path / "p q.html"
    done = gradcli([*GRAPH, "--html", str(file), "--open"])
    assert (done.status, opened) == (0, [file.as_uri()])
    assert done.stderr == f"note: the page is {file}\n"
    monkeypatch.setattr("tempfile.mkdtemp", lambda prefix: str(tmp_path))
    assert gradcli([*GRAPH, "--open"]).status == 0
    assert opened[1] == (tmp_path / "graph.html").as_uri()
    assert (tmp_path / "graph.html").exists()


def test_without_a_browser_open_says_where_the_page_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", lambda address: False)
    file = tmp_path / "p.html"
    done = gradcli([*GRAPH, "--html", str(file), "--open"])
    assert done.stderr == f"warning: no browser could be opened: the page is {file}\n"
    assert file.exists()


def test_what_the_users_file_says_of_terminals_is_not_meant_for_pages(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[defaults]\ndepth = 1\nformat = "plain"\n')
    file = tmp_path / "p.html"
    done = gradcli([*GRAPH, "--html", str(file)], terminal=True, variables={"GRADCLI_CONFIG": str(config)})
    assert (done.status, done.stderr) == (0, "")
    assert file.read_text(encoding="utf-8").count('<g class="node') >= 6
    shown = gradcli([*GRAPH, "--format", "html"], terminal=True, variables={"GRADCLI_CONFIG": str(config)})
    assert (shown.status, shown.stderr) == (0, "")

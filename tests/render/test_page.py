"""The page of a graph, in a browser: what it shows, steps, inputs that are changed, and that it needs nothing else."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gradcli.render.pictures.boxes import picture_of
from gradcli.transforms.operators.graph import graph
from gradcli.transforms.results.graph import Graph
from tests.browser import Browser, Page, needs_chromium
from tests.render.page_numbers import data_of, page_of
from tests.render.test_pictures import HOSTILE, hostile

EXPRESSION = "decay = exp(-k*t); decay*cos(w*t) + abs(w - 2)"
POINT = {"k": 0.5, "t": 1.0, "w": 2.0}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser(needs_chromium()) as found:
        yield found


def opened(result: Graph, folder: Path) -> Path:
    file = folder / "page.html"
    file.write_text(page_of(result), encoding="utf-8")
    return file


def values_shown(page: Page) -> list[list[str]]:
    """The value and the gradient in each box."""
    page.wait("later === 0")
    found: list[list[str]] = page.js(
        "[...document.querySelectorAll('.node[id]')].map(n => ['value', 'grad'].map(c => "
        "{ const e = n.querySelector('.' + c); return e ? e.textContent : '' }))"
    )
    return found


def expected(result: Graph) -> list[list[str]]:
    told = [{line.role: line.text for line in box.lines} for box in picture_of(result).boxes]
    return [[lines.get("value", ""), lines.get("grad", "")] for lines in told]


class Elements(HTMLParser):
    """The elements of a page, and the texts of those that matter."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.source = ""
        self._in_source = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._in_source |= ("id", "source") in attrs
        self.sources += [value or "" for name, value in attrs if name in ("src", "href", "style") or name[:2] == "on"]

    def handle_endtag(self, tag: str) -> None:
        self._in_source &= tag != "pre"

    def handle_data(self, data: str) -> None:
        if self._in_source:
            self.source += data


def elements(page: str) -> Elements:
    found = Elements()
    found.feed(page)
    return found


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text: str) -> None:
    page = page_of(hostile(text))
    found = elements(page)
    shown = "".join(c if c.isprintable() else "\ufffd" for c in text)
    assert found.source == shown
    assert found.sources == []
    assert found.tags.count("script") == 2
    assert data_of(page)["source"] == shown
    program = page.split("<script>")[1].split("</script>")[0]
    assert text not in program or len(text) < 4
    assert elements(page_of(hostile("x"))).tags == found.tags


def test_the_page_asks_for_nothing() -> None:
    page = page_of(graph(EXPRESSION, POINT))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy[1]
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/1998/Math/MathML", "")


def test_the_page_shows_the_graph_and_steps_through_it(browser: Browser, tmp_path: Path) -> None:
    result = graph(EXPRESSION, POINT)
    with browser.page(opened(result, tmp_path)) as page:
        assert page.js("document.querySelectorAll('.node[id]').length") == len(result.nodes)
        assert values_shown(page) == expected(result)
        assert page.text("#where") == "19 of 19"  # 9 operations forward, the result's own, 9 backward
        assert [page.js(f"document.getElementById({b!r}).disabled") for b in ("first", "back", "next", "last")] == [
            False, False, True, True
        ]  # fmt: skip
        page.js("document.getElementById('first').click()")
        assert [shown for shown in values_shown(page) if shown != ["value", "grad"]] == [
            ["value 0.5", "grad"], ["value 1.0", "grad"], ["value 2.0", "grad"], ["", ""]
        ]  # fmt: skip
        assert page.js("document.querySelectorAll('.node.pending').length") == 9
        page.js("document.getElementById('next').click()")
        assert page.text("#told h2") == "Forward, 1 of 9"
        assert page.js("document.querySelector('.node.current title').textContent").startswith("-k, NegBackward0")
        assert page.js("document.querySelectorAll('#told math').length") == 2
        page.press("ArrowRight", 39)
        assert page.text("#told h2") == "Forward, 2 of 9"
        page.js("slider = document.getElementById('step'); slider.value = 11; slider.dispatchEvent(new Event('input'))")
        assert page.text("#told h2") == "Backward, 1 of 9"
        assert "cotangent g = 1.0" in page.text("#told p")
        assert page.js("document.querySelectorAll('.wires path.lit').length") == 2
        shown = values_shown(page)
        assert shown[-1] == ["value -0.2524058153082637", "grad 1.0"]
        assert shown[0] == ["value 0.5", "grad"]
        page.js("go(13)")  # abs(w - 2) and w - 2 have sent theirs: w waits for w*t
        assert values_shown(page)[5] == ["value 2.0", "grad 0.0…"]
        page.press("End", 35)
        assert values_shown(page) == expected(result)
        assert browser_is_content(page)


def browser_is_content(page: Page) -> bool:
    assert page.complaints() == []
    return True


def test_every_partial_sum_of_the_steps_ends_at_the_gradient(browser: Browser, tmp_path: Path) -> None:
    result = graph("x*y + sin(x)*x + y/x", {"x": 1.5, "y": 2.0})
    with browser.page(opened(result, tmp_path)) as page:
        told = page.js(
            "backward.map((i, m) => ({ sent: nodes[i].inputs.map((j, k) => [j, state.sent[i][k].contribution]), "
            "sums: cotangents(m + 1).grad.map(g => g === undefined ? 0 : g) }))"
        )
        sums = [0.0] * (len(result.nodes) - 1)
        for one in told:
            for node, contribution in one["sent"]:
                sums[node] += contribution
            assert one["sums"][:-1] == pytest.approx(sums, rel=1e-14)
        page.js("go(forward.length + 1 + 2)")  # x/y has sent its own, and x waits for more
        assert values_shown(page)[0][1].endswith("…")
        for node, total in zip(result.nodes[:-1], sums, strict=False):
            assert total == pytest.approx(node.grad, rel=1e-14)


def test_an_input_is_changed_and_every_number_follows(browser: Browser, tmp_path: Path) -> None:
    with browser.page(opened(graph(EXPRESSION, POINT), tmp_path)) as page:
        field = "input-5"
        assert page.js(f"document.getElementById({field!r}).closest('label').textContent.trim()") == "w"
        page.enter(field, "2.75")
        truth = graph(EXPRESSION, {**POINT, "w": 2.75})
        for shown, wanted in zip(values_shown(page), expected(truth), strict=True):
            for one, other in zip(shown, wanted, strict=True):
                assert one.split()[:1] == other.split()[:1]
                if one:
                    assert float(one.split()[1]) == pytest.approx(float(other.split()[1]), rel=1e-12)
        assert page.js("document.querySelectorAll('.node.kinked').length") == 0
        assert page.js("document.getElementById('n5').getAttribute('aria-label')").startswith(
            "w, leaf, value 2.75, gradient"
        )
        page.enter(field, "two")
        assert page.js(f"document.getElementById({field!r}).getAttribute('aria-invalid')") == "true"
        assert page.text("#problem-5") == "no number; write 2, -0.5 or 1e-3"
        assert "2.75" in values_shown(page)[5][0]
        page.js("document.getElementById('reset').click()")
        page.wait("document.getElementById('input-5').value === '2.0'")
        page.wait("!edited")
        assert values_shown(page) == expected(graph(EXPRESSION, POINT))
        assert page.text("#problem-5") == page.text("#flaw") == ""
        assert browser_is_content(page)


def test_a_changed_condition_is_refused(browser: Browser, tmp_path: Path) -> None:
    with browser.page(opened(graph("x if x*y > 1 else y", {"x": 2.0, "y": 1.0}), tmp_path)) as page:
        page.enter("input-0", "0.5")
        assert page.text("#flaw").startswith("At these inputs x*y > 1 is false: the other branch is taken")
        assert values_shown(page) == [["value 2.0", "grad 1.0"]]


def test_a_node_marks_its_place_in_the_text(browser: Browser, tmp_path: Path) -> None:
    expression = "θ_1 = 𝑎*x; θ_1*sin(x)"  # 𝑎, which is read as a, is two characters of JavaScript
    with browser.page(opened(graph(expression, {"a": 2.0, "x": 1.0}), tmp_path)) as page:
        for index, node in enumerate(graph(expression, {"a": 2.0, "x": 1.0}).nodes):
            page.js(f"focusOn({index})")
            assert page.js("document.activeElement.id") == f"n{index}"
            assert page.text("#source mark") == node.text
            assert page.text("#about dd:nth-of-type(3)") == str(node.value)
        page.press("ArrowUp", 38)
        assert page.js("document.activeElement.id") == f"n{index - 1}"
        page.press("Enter", 13, "\r")
        assert page.text("#told h2") == "Forward, 2 of 3"
        page.press("Enter", 13, "\r")
        assert page.text("#told h2").startswith("Backward")
        page.js("document.activeElement.blur()")
        assert page.js("document.querySelector('#source mark')") is None
        assert page.text("#source") == expression


def test_each_control_has_a_name(browser: Browser, tmp_path: Path) -> None:
    with browser.page(opened(graph(EXPRESSION, POINT), tmp_path)) as page:
        tree = page.ask("Accessibility.getFullAXTree")["nodes"]
        named = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in tree if not n["ignored"]]
        controls = [(role, name) for role, name in named if role in ("button", "slider", "textbox", "form", "main")]
        assert len(controls) == 13 + 4 + 3 + 1 + 1 + 3 + 1 + 1  # nodes, steps, zoom, reset, slider, fields, form, main
        assert all(name for _, name in controls)
        assert ("button", "w, leaf, value 2.0, gradient -0.5515167681675808") in controls
        assert ("textbox", "w") in controls


def contrast(colors: tuple[str, str]) -> float:
    """The contrast of two colours by WCAG 2."""
    light = []
    for color in colors:
        parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        light.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(light) + 0.05) / (min(light) + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_light_and_dark(scheme: str, browser: Browser, tmp_path: Path) -> None:
    with browser.page(opened(graph(EXPRESSION, POINT), tmp_path), prefers_color_scheme=scheme) as page:
        pairs = page.js(
            "[...document.querySelectorAll('.node[id] text')].map(t => [getComputedStyle(t).fill, "
            "getComputedStyle(t.parentNode.querySelector('rect')).fill]).concat([...document.querySelectorAll("
            "'h1,h2,pre,small,dt,dd,p,nav span')].map(e => [getComputedStyle(e).color, "
            "getComputedStyle(document.body).backgroundColor]))"
        )
        assert len(pairs) > 50
        assert min(contrast((one, other)) for one, other in pairs) >= 4.5
        back = page.js("getComputedStyle(document.body).backgroundColor")
        assert (back == "rgb(255, 255, 255)") == (scheme == "light")
        assert page.screenshot().startswith(b"\x89PNG")


def test_arrays_are_changed_as_they_are_written(browser: Browser, tmp_path: Path) -> None:
    values = {"A": [[1.0, 2.0], [3.0, 4.0]], "x": [0.5, 0.25]}
    with browser.page(opened(graph("sum(tanh(A@x))", values), tmp_path)) as page:
        assert page.text("#flaw") == ""
        page.js("go(forward.length + 2)")
        assert page.text("#told h2") == "Backward, 1 of 3"
        page.press("End", 35)
        page.enter("input-1", "[0.5, -0.75]")
        assert values_shown(page) == expected(graph("sum(tanh(A@x))", {**values, "x": [0.5, -0.75]}))
        page.enter("input-0", "[[1, 2], [3, 4], [5, 6]]")
        assert page.text("#problem-0") == "no array of 2 × 2 numbers; write it in brackets, as it was"
        page.js("document.getElementById('reset').click()")
        page.wait("!edited")
        assert values_shown(page) == expected(graph("sum(tanh(A@x))", values))
        assert browser_is_content(page)


def test_where_inputs_cannot_be_changed_the_page_says_why(browser: Browser, tmp_path: Path) -> None:
    result = graph("sum(eigvalsh(A)) + norm(A@x) + erf(y)", {"A": [[1.0, 2.0], [3.0, 4.0]], "x": [1.0, 2.0], "y": 2.0})
    with browser.page(opened(result, tmp_path)) as page:
        assert values_shown(page) == expected(result)
        assert page.text("#flaw") == ("Inputs cannot be changed here: eigvalsh(A): eigvalsh has no formula of entries.")
        assert page.js("[...document.querySelectorAll('#inputs input')].every(f => f.disabled)")
        for step in range(page.js("steps") + 1):
            page.js(f"go({step})")
        assert values_shown(page) == expected(result)
        assert browser_is_content(page)


def test_hostile_text_does_nothing_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    for text in (*HOSTILE[:6], "</script><script>window.evil = 1</script>", "<img src=x onerror='window.evil = 1'>"):
        with browser.page(opened(hostile(text), tmp_path)) as page:
            page.js("focusOn(1); go(0); go(1)")
            assert page.js("window.evil") is None
            assert page.js("document.querySelectorAll('img, script').length") == 2
            assert browser_is_content(page)


def chain(terms: int) -> tuple[str, dict[str, float]]:
    text = " + ".join(f"sin({i}*x{i % 7})*x{i * 3 % 7}" for i in range(terms))
    return text, {f"x{i}": 0.1 * i + 0.3 for i in range(7)}


def test_a_page_of_500_nodes_is_small_and_quick(browser: Browser, tmp_path: Path) -> None:
    result = graph(*chain(99))
    assert len(result.nodes) > 500
    file = opened(result, tmp_path)
    assert file.stat().st_size < 1_000_000
    with browser.page(file) as page:
        page.js("go(steps - 1)")
        time.sleep(0.2)
        steps = page.js(_timed("[300, 301, 302, 500, 501, 0, 1, steps - 1, steps]", "go(one)"))
        edits = page.js(_timed("[0.5, 0.6, 0.7, 0.8, 0.9]", "byId('input-1').value = one; change()"))
        # The quicker ones: what others do on the machine meanwhile lengthens the rest.
        assert sorted(steps)[len(steps) // 4] < 50, steps
        assert min(edits) < 50, edits
        assert browser_is_content(page)


def _timed(values: str, code: str) -> str:
    """The milliseconds that something takes until it is laid out, for each of some values."""
    return (
        f"{values}.map(one => {{ const begun = performance.now(); {code}; document.body.offsetHeight; "
        "return performance.now() - begun })"
    )

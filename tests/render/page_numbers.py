"""What the JavaScript of a page computes, by Node.js, without a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from gradcli.render import Style, render
from gradcli.transforms.results.graph import Graph

__all__ = ["computed_by_page", "data_of", "needs_node", "page_of", "program_of"]

_RUN = """
const jobs = JSON.parse(require("fs").readFileSync(0, "utf8"));
const spelled = (x) => (Number.isFinite(x) ? x : String(x).replace("Infinity", "inf").replace("NaN", "nan"));
const spell = (x) => (Array.isArray(x) ? x.map(spelled) : spelled(x));
const answers = jobs.map(({ data, program, points }) => {
  const document = { getElementById: () => ({ textContent: data }) };
  const made = new Function("document", `${program}; return { computed, agrees, brief, nodes };`)(document);
  return { agrees: made.agrees(made.computed({})), found: points.map((point) => {
    const { value, grad, kinks, flipped, unsure } = made.computed(point);
    const texts = value.map((x, i) => made.brief(x, made.nodes[i].shape));
    return { value: value.map(spell), grad: grad.map(spell), texts, kinks, flipped, unsure };
  }) };
});
process.stdout.write(JSON.stringify(answers));
"""


def page_of(result: Graph) -> str:
    return render(result, None, Style("html", layout="layered"))


def data_of(page: str) -> Any:
    """The block of data of a page."""
    return json.loads(_block(page))


def _block(page: str) -> str:
    return page.partition('<script type="application/json" id="data">')[2].partition("</script>")[0]


def program_of(page: str) -> str:
    """The part of a page's program that computes, without what it does to the page."""
    return page.partition("<script>")[2].partition("let state = null")[0]


def needs_node() -> str:
    found = shutil.which("node") or shutil.which("nodejs")
    if found is None:
        pytest.skip("Node.js is not installed: the page's JavaScript is run in a browser alone")
    return found


def computed_by_page(pages: Sequence[tuple[str, Sequence[Mapping[str, float]]]]) -> list[dict[str, Any]]:
    """For each page and each point what its program computes, all of them in one process."""
    jobs = [
        {
            "data": _block(page),
            "program": program_of(page),
            "points": list(points),
        }
        for page, points in pages
    ]
    done = subprocess.run(
        [needs_node(), "-e", _RUN], input=json.dumps(jobs), capture_output=True, text=True, check=True
    )
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers

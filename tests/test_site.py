"""The documentation as a site: it is built without network, and its pages need none."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs import TOP
from tests.test_docs import examples, holds

PAGES = sorted(path.name for path in (TOP / "docs").glob("*.md"))
INDEX = (TOP / "docs" / "index.md").read_text(encoding="utf-8")
GUIDE = (TOP / "docs" / "adding-an-operation.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages."""
    pytest.importorskip("material", reason="the site is built with mkdocs-material, of the extra 'docs'")
    folder = tmp_path_factory.mktemp("site")
    nowhere = "http://127.0.0.1:9"
    environment = {**os.environ, "http_proxy": nowhere, "https_proxy": nowhere, "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=TOP, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    return folder


def test_every_page_is_in_the_site(site: Path) -> None:
    pages = {path.stem for path in site.glob("*.html")}
    assert pages == {Path(name).stem for name in PAGES} | {"404"}
    menu = (site / "index.html").read_text(encoding="utf-8")
    missing = [name for name in PAGES if f'href="{Path(name).stem}.html"' not in menu and name != "index.md"]
    assert not missing, "in nav of mkdocs.yml"


def test_no_page_fetches_anything(site: Path) -> None:
    for path in site.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        fetched = re.findall(r"<(?:script|img|iframe)[^>]*\ssrc=\"?(?:https?:)?//|<link[^>]*href=\"?https?://", text)
        assert not fetched, path.name


def test_mathematics_is_drawn_by_the_browser_itself(site: Path) -> None:
    page = (site / "ops.html").read_text(encoding="utf-8")
    source = (TOP / "docs" / "ops.md").read_text(encoding="utf-8")
    assert page.count("<math") == len(re.findall(r"\$`[^`\n]+`\$", source)) > 100
    assert "$`" not in re.sub(r"<code>.*?</code>", "", page)


@pytest.mark.parametrize(("command", "output"), list(examples(INDEX)), ids=lambda value: value.split("\n")[0][:50])
def test_example_of_the_quick_start(command: str, output: str) -> None:
    holds(command, output)


def test_the_library_page_runs_as_a_doctest() -> None:
    failures, tried = doctest.testfile(str(TOP / "docs" / "library.md"), module_relative=False)
    assert tried > 20
    assert failures == 0


def test_an_operation_is_added_as_the_page_says(tmp_path: Path) -> None:
    shutil.copytree(TOP / "gradcli", tmp_path / "gradcli", ignore=shutil.ignore_patterns("__pycache__"))
    blocks = re.findall(r'```python title="([^"]+)"\n(.*?)```', GUIDE, flags=re.DOTALL)
    assert len(blocks) == 5
    for name, text in blocks:
        path = tmp_path / name
        path.write_text(_with(path.read_text(encoding="utf-8"), text), encoding="utf-8")
    for command, output in examples(GUIDE):
        done = subprocess.run(
            command.replace("gradcli", f"'{sys.executable}' -m gradcli", 1),
            shell=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path), "GRADCLI_CONFIG": ""},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == output


def _with(module: str, added: str) -> str:
    """A module with lines added: a function at its end, a name at the head of its table, an entry at the foot."""
    if added.startswith("@"):
        return f"{module}\n\n{added}"
    for names in _TABLES:
        if names in module:
            return module.replace(names, names + added, 1)
    entries, closed, rest = module.rpartition(")  # fmt: skip\n")
    assert closed
    return entries + added + closed + rest


_TABLES = (
    "    elementwise: dict[str, Callable[..., Any]] = {\n",
    "ELEMENTWISE: dict[str, Callable[..., Any]] = {\n",
    "MADE: dict[str, str] = {\n",
)

"""The manual pages: groff and mandoc take them, and what they show can be pasted; test_docs asks if they are fresh."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gradcli.cli.app import app
from tests.cli.runner import gradcli
from tests.manual import FOLDER, manual_pages

PAGES = sorted(manual_pages())


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def output(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
    return done.stdout + done.stderr


def command_of(page: Path) -> str:
    """The command that a page tells of, with a blank before it; nothing for the group's."""
    return page.stem.removeprefix("gradcli").replace("-", " ", 1)


def test_every_command_has_a_page_and_every_page_a_command() -> None:
    names = app.list_commands(app.make_context("gradcli", [], resilient_parsing=True))
    assert sorted(p.name for p in FOLDER.iterdir()) == sorted(["gradcli.1", *(f"gradcli-{n}.1" for n in names)])


@needs("mandoc")
def test_mandoc_finds_nothing_but_that_there_is_no_date() -> None:
    lines = output("mandoc", "-T", "lint", "-W", "warning", *map(str, PAGES)).splitlines()
    assert [line for line in lines if "missing date" not in line] == []


@needs("groff")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_groff_shows_what_help_shows(page: Path) -> None:
    shown = output("groff", "-man", "-ww", "-Kutf8", "-Tutf8", "-P-cbou", "-rLL=200n", str(page))
    help_text = gradcli(f"{command_of(page)} --help").stdout
    examples = [line.strip() for line in help_text.splitlines() if re.match(r"\s+(gradcli|echo) .", line)]
    options = re.findall(r"^  (?:-\w, )?(--[\w-]+)", help_text, flags=re.MULTILINE)
    assert examples
    assert options
    assert [line for line in examples if line not in shown] == []
    assert [option for option in options if not re.search(rf"^ +(-\w, )?{option}\b", shown, re.MULTILINE)] == []


@needs("man")
def test_man_shows_the_symbols_of_the_language() -> None:
    shown = output("man", "-l", str(FOLDER / "gradcli-grad.1"))
    assert "x², √x, |x|, 30°" in shown
    assert "exp(-k*t)" in shown

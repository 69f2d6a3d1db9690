"""Completion in the shell: what is offered, and that real shells ask for it and take it."""

from __future__ import annotations

import os
import re
import select
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.runner import Outcome, gradcli

SHELLS = ("bash", "zsh", "fish")
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
SECONDS = 30.0


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """What is offered when Tab is pressed behind these words, the last of which is begun."""

    def ask(words: str) -> list[str]:
        closed = words + "'" * (words.count("'") % 2)
        count = len(shlex.split(closed)) + words.endswith(" ")
        asked = {"_GRADCLI_COMPLETE": "bash_complete", "COMP_WORDS": f"gradcli {words}", "COMP_CWORD": str(count)}
        for name, value in asked.items():
            monkeypatch.setenv(name, value)
        outcome = gradcli([], stdin="never read")
        assert (outcome.stderr, outcome.status) == ("", 0)
        return outcome.stdout.split()

    return ask


def plain(*values: str) -> list[str]:
    return [f"plain,{value}" for value in values]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("gr", plain("grad", "graph")),
        ("help j", plain("jacobian", "jvp")),
        ("completion ", plain("bash", "zsh", "fish")),
        ("ops arcta", plain("arctan", "arctan2", "arctanh")),
        ("grad 'xa*xb' --x", plain("--xa", "--xb")),
        ("grad 'xa*xb' --xb 3 --x", plain("--xa")),
        ("tree xa --x", plain("--xa")),
        ("grad --wrt xa 'xa*xb' --x", plain("--xa", "--xb")),
        ("code 'x*y' --to p", plain("python")),
        ("grad 'x*y", ["file,x*y"]),
        ("grad -f ", ["file,"]),
        ("grad x -o ", ["file,"]),
        ("grad x --values a", ["file,a"]),
        ("grad x --x @fi", plain("@fine.json", "@files/")),
        ("grad x --x @files/", plain("@files/x.npy")),
        ("grad x --x @none/", []),
        ("grad x --x @ fi", plain("@fine.json", "@files/")),  # as Bash splits it
        ("grad x --x 3", []),
        ("grad -f fine.json --w", plain("--w", "--wrt")),
    ],
)
def test_what_is_offered(
    words: str, found: list[str], offered: Callable[[str], list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "x.npy").touch()
    (tmp_path / "files" / ".hidden").touch()
    (tmp_path / "fine.json").write_text("w**2", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert sorted(offered(words)) == sorted(found)


def test_variables_come_before_options(offered: Callable[[str], list[str]]) -> None:
    assert offered("grad 'x*y' --")[:3] == plain("--x", "--y", "--file")


@pytest.mark.parametrize(
    "words", ["grad 2x --", "grad - --", "grad -f - --", "grad -f none --", "grad --timeout x y --"]
)
def test_what_cannot_be_read_while_it_is_typed_is_no_error(words: str, offered: Callable[[str], list[str]]) -> None:
    assert "plain,--wrt" in offered(words)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"_GRADCLI_COMPLETE": "bash_complete"}, "bash_complete needs COMP_WORDS and COMP_CWORD, which the shell sets"),
        ({"_GRADCLI_COMPLETE": "zsh_complete", "COMP_WORDS": "gradcli "}, "zsh_complete needs COMP_CWORD, which"),
        ({"_GRADCLI_COMPLETE": "bash_complete", "COMP_WORDS": "gradcli", "COMP_CWORD": "x"}, "COMP_CWORD is 'x'"),
        ({"_GRADCLI_COMPLETE": "cash_source"}, "is 'cash_source', which names no shell's completion"),
        ({"_GRADCLI_COMPLETE": "bash"}, "is 'bash', which names no shell's completion"),
    ],
)
def test_completion_without_its_variables(
    variables: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    done = gradcli([])
    assert (done.status, done.stdout) == (2, "")
    assert told in done.stderr


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_the_one_that_the_environment_variable_gives(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    script = gradcli(["completion", shell])
    assert (script.stderr, script.status) == ("", 0)
    assert f"{shell}_complete" in script.stdout
    monkeypatch.setenv("_GRADCLI_COMPLETE", f"{shell}_source")
    assert gradcli([]).stdout.strip() == script.stdout.strip()


def test_an_unknown_shell() -> None:
    hint = "hint: gradcli completion bash or gradcli completion zsh or gradcli completion fish\n"
    assert gradcli("completion tcsh") == Outcome("", f"error: there is no completion for 'tcsh'\n{hint}", 2)
    assert gradcli("completion") == Outcome("", f"error: completion is for a shell, and none is named\n{hint}", 2)


def installed(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


@pytest.mark.parametrize(
    ("words", "begun"),
    [
        pytest.param(
            ["bash", "--norc", "--noprofile", "-i"], 'eval "$(gradcli completion bash)"', marks=installed("bash")
        ),
        pytest.param(
            ["zsh", "-f", "-i"],
            'autoload -Uz compinit; compinit -u -D; eval "$(gradcli completion zsh)"',
            marks=installed("zsh"),
        ),
    ],
    ids=["bash", "zsh"],
)
@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
def test_tab_in_a_real_shell(words: list[str], begun: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script is sourced, an expression typed with spaces and quotes, and Tab pressed behind what is begun."""
    import pty

    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a-name.json").touch()
    monkeypatch.chdir(tmp_path)

    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(words[0], words, {**os.environ, "PATH": PATH, "TERM": "dumb", "HISTFILE": "", "PS1": "$ "})
    try:
        os.write(terminal, f"{begun}; echo re''ady\n".encode())
        until(terminal, r"ready\r?\n")
        os.write(terminal, b"gradcli grad 'xa * yb' --y\t")
        until(terminal, r"gradcli grad 'xa \* yb' --yb ")
        os.write(terminal, b"@files/a-na\t")
        until(terminal, r"@files/a-name\.json")
    finally:
        os.close(terminal)  # the shell ends with its terminal
        os.waitpid(child, 0)


def until(terminal: int, wanted: str) -> None:
    """Read what a terminal shows until it matches."""
    shown, end = "", time.monotonic() + SECONDS
    while not re.search(wanted, shown):
        assert time.monotonic() < end, f"the terminal shows {shown!r}, and not {wanted}"
        if select.select([terminal], [], [], 0.2)[0]:
            shown += os.read(terminal, 4096).decode(errors="replace")


@installed("fish")
def test_fish_completes() -> None:
    script = "gradcli completion fish | source; complete -C \"gradcli grad 'xa * yb' --y\"; complete -C 'gradcli gra'"
    done = subprocess.run(
        ["fish", "--no-config", "-c", script],
        capture_output=True, text=True, timeout=SECONDS, check=False, env={**os.environ, "PATH": PATH},
    )  # fmt: skip
    assert done.stderr == ""
    assert [line.partition("\t")[0] for line in done.stdout.splitlines()] == ["--yb", "grad", "graph"]

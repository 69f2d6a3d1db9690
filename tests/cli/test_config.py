"""A user's file of defaults: what it sets, for whom, and what is wrong with it."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest

from gradcli.cli.app import app
from gradcli.cli.defaults import KEYS
from gradcli.data.config import config_path
from gradcli.version import __version__
from tests.cli.runner import Outcome, gradcli
from tests.cli.terminals import terminal


def configured(command: str, file: Path, terminal: bool = True, **variables: str) -> Outcome:
    return gradcli(command, terminal=terminal, variables={"GRADCLI_CONFIG": str(file), **variables})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def write(file: Path, *lines: str) -> Path:
    file.write_text("\n".join(["[defaults]", *lines, ""]), encoding="utf-8")
    return file


GRADIENT = 'grad "x**2" --x 3 --no-check'
PLAIN = "f = 9.0\ndf/dx = 6.0\n"


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ('format = "plain"', "--format plain"),
        ('format = "json"', "--json"),
        ('format = "quiet"', "-q"),
        ('color = "never"', "--color never"),
        ("digits = 3", "--digits 3"),
    ],
)
def test_a_terminal_shows_what_the_file_says(line: str, options: str, file: Path) -> None:
    shown = configured(GRADIENT, write(file, line))
    assert shown == gradcli(f"{GRADIENT} {options}", terminal=True)
    assert shown != gradcli(GRADIENT, terminal=True)


def test_options_of_single_commands(file: Path) -> None:
    write(file, "depth = 1", "show-seeds = true", 'verify = "full"')
    graph, jacobian = 'graph "sin(x)*x" --x 1', 'jacobian "[x, 2*x]" --x 1'
    assert configured(graph, file) == gradcli(f"{graph} --depth 1", terminal=True)
    assert configured(f"{jacobian} --no-check", file) == gradcli(f"{jacobian} --no-check --show-seeds", terminal=True)


def test_the_witnesses_are_in_every_command_that_has_them(file: Path) -> None:
    write(file, 'verify = "full"')
    assert "numeric" in configured('grad "x**2" --x 3', file).stdout
    assert "numeric" not in configured('hvp "x**2" --x 3 --vector x=1', file).stdout
    assert "numeric" not in configured('grad "x**2" --x 3 --verify sympy', file).stdout


def test_a_pipe_gets_what_everybody_gets(file: Path) -> None:
    file.write_text("this is no TOML", encoding="utf-8")
    assert configured(GRADIENT, file, terminal=False) == Outcome(PLAIN, "", 0)


def test_so_does_a_file_of_results(file: Path, tmp_path: Path) -> None:
    write(file, 'format = "json"', "digits = 4")
    assert configured(f"{GRADIENT} -o {tmp_path / 'g.txt'}", file) == Outcome("", "", 0)
    assert (tmp_path / "g.txt").read_text(encoding="utf-8") == PLAIN


@pytest.mark.parametrize("options", ["--json", "-q", "--format csv", "--format rich --color always"])
def test_the_command_line_comes_before_the_file(options: str, file: Path) -> None:
    write(file, 'format = "plain"', 'color = "never"')
    colour = "" if "--color" in options else " --color never"
    assert configured(f"{GRADIENT} {options}", file) == gradcli(f"{GRADIENT} {options}{colour}", terminal=True)


def test_a_check_that_is_left_out_leaves_out_what_the_file_says_of_it(file: Path) -> None:
    write(file, 'verify = "full"', 'check = "require"', "check-timeout = 20")
    assert configured(GRADIENT, file) == gradcli(GRADIENT, terminal=True)
    assert configured(f"{GRADIENT.removesuffix('--no-check')} --check off", file) == gradcli(GRADIENT, terminal=True)


def test_a_required_check(file: Path) -> None:
    command = 'grad "abs(x)" --x 0 --verify proof'  # which proves nothing of a kink
    assert configured(command, write(file, 'check = "auto"')).status == 0
    write(file, 'check = "require"')
    assert configured(command, file, terminal=False).status == 0
    assert configured(command, file).status == gradcli(f"{command} --check require", terminal=True).status == 4


def test_a_command_whose_options_are_of_another_kind(file: Path, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x\n1\n2\n", encoding="utf-8")
    command = f"batch x**2 {tmp_path / 't.csv'} -q"
    write(file, 'check = "auto"', 'format = "plain"', "digits = 9", "depth = 1")
    assert configured(command, file) == gradcli(command, terminal=True)


def test_the_environment_comes_before_the_file(file: Path) -> None:
    write(file, 'color = "never"')
    assert "\x1b[" in configured(GRADIENT, file, FORCE_COLOR="1").stdout
    assert "\x1b[" not in configured(GRADIENT, file).stdout


def test_messages_have_the_colour_of_the_file(file: Path) -> None:
    assert "\x1b[" in terminal("eval", "1 +")
    assert "\x1b[" not in terminal("eval", "1 +", GRADCLI_CONFIG=str(write(file, 'color = "never"')))


def test_what_needs_no_defaults_asks_for_none(file: Path) -> None:
    file.write_text("this is no TOML", encoding="utf-8")
    for command in ("--help", "grad --help", "help grad", "--version", "ops tanh"):
        assert configured(command, file).status == 0


def text_of(line: str) -> str:
    return f"[defaults]\n# a line\n{line}\n"


WRONG = [
    (text_of('colr = "never"'), "'colr' is no default", 'line 3: colr = "never"', "did you mean 'color'?"),
    (text_of("loose = true"), "'loose' is no default", "line 3: loose = true", "a file sets what a terminal shows: "),
    (text_of('color = "always"'), 'color takes "auto" or "never"', "line 3", "a terminal has colour anyway"),
    (text_of('check = "off"'), 'check takes "auto" or "require"', "line 3", "of one command at a time, by --no-check"),
    (text_of('verify = "proof"  # x'), 'verify takes "sympy" or "full"', 'line 3: verify = "proof"', "--verify proof"),
    (text_of("digits = true"), "digits takes a whole number from 1 to 1000", "line 3: digits = true", ""),
    (text_of('"digits" = 1.5'), "digits takes a whole number from 1 to 1000", 'line 3: "digits" = 1.5', ""),
    (text_of("depth = -1"), "depth takes a whole number, 0 or more", "line 3: depth = -1", ""),
    (text_of("check-timeout = 1"), "check-timeout takes a number of seconds, 10 or more", "line 3", ""),
    (text_of("check-timeout = nan"), "check-timeout takes a number of seconds, 10 or more", "line 3", ""),
    (text_of("show-seeds = 1"), "show-seeds takes true or false", "line 3", ""),
    (text_of('format = "npy"'), 'format takes "rich", "plain", "quiet" or "json"', "line 3", ""),
    (text_of("format = "), "is not TOML: Invalid value (at line 3, column 10)", "", ""),
    (text_of("[other]"), "'other' means nothing", "line 3: [other]", "did you mean [defaults]?"),
    ('a = 1\ncolor = "never"\n', "'a' means nothing", "line 1: a = 1", "a line [defaults] stands above all keys"),
    ("defaults = 3", "defaults is to be a table", "", "[defaults]"),
    (f"x = {'[' * 10_000}", "is nested too deeply", "", ""),
]


@pytest.mark.parametrize(("text", "told", "line", "hint"), WRONG, ids=[told for _, told, _, _ in WRONG])
def test_what_means_nothing_is_an_error_with_its_line(text: str, told: str, line: str, hint: str, file: Path) -> None:
    file.write_text(text, encoding="utf-8")
    done = configured(GRADIENT, file)
    assert (done.stdout, done.status) == ("", 2)
    assert str(file) in done.stderr
    for wanted in (told, line, hint):
        assert wanted in done.stderr


def test_a_file_that_cannot_be_read(file: Path, tmp_path: Path) -> None:
    missing = configured(GRADIENT, file)
    assert missing.stderr.startswith(f"error: there is no file '{file}'\nhint: GRADCLI_CONFIG names this file")
    folder = configured(GRADIENT, tmp_path)
    assert "cannot be read: Is a directory" in folder.stderr
    file.write_bytes(b"\xff\xfe")
    assert "is not a UTF-8 text file" in configured(GRADIENT, file).stderr
    assert missing.status == folder.status == 2


def test_a_default_is_an_option_and_its_values_are_the_options(file: Path) -> None:
    ctx = app.make_context("gradcli", [], resilient_parsing=True)
    commands = [app.get_command(ctx, name) for name in app.list_commands(ctx)]
    options: dict[str, list[click.Parameter]] = {key: [] for key in KEYS}
    for command in commands:
        for param in command.params if command is not None else ():
            for key in KEYS:
                options[key] += [param] if f"--{key}" in param.opts else []
    assert [key for key, found in options.items() if not found] == []
    for key, value in (("check", "require"), ("color", "auto"), ("format", "quiet"), ("verify", "full")):
        assert KEYS[key].takes(value)
        assert any(isinstance(p.type, click.Choice) and value in p.type.choices for p in options[key])


@pytest.mark.parametrize(
    ("system", "module", "variables"),
    [
        ("linux", "unix.Unix", {}),
        ("linux", "unix.Unix", {"XDG_CONFIG_HOME": "/set/by hand"}),
        ("linux", "unix.Unix", {"XDG_CONFIG_HOME": "relative"}),
        ("darwin", "macos.MacOS", {}),
        ("darwin", "macos.MacOS", {"XDG_CONFIG_HOME": "/set/by hand"}),
    ],
)
def test_the_file_is_where_platformdirs_has_it(
    system: str, module: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("platformdirs")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for name, value in {"HOME": "/home/ada", **variables}.items():
        monkeypatch.setenv(name, value)
    home, _, name = module.partition(".")
    dirs: Any = getattr(import_module(f"platformdirs.{home}"), name)("gradcli")
    assert config_path({"HOME": "/home/ada", **variables}, system) == f"{dirs.user_config_dir}/config.toml"


def test_windows_has_a_place_of_its_own() -> None:
    path = config_path({"LOCALAPPDATA": "C:\\Users\\ada\\AppData\\Local"}, "win32")
    assert path is not None
    assert path.startswith("C:\\Users\\ada\\AppData\\Local")
    assert config_path({}, "win32") is None


def test_the_file_in_its_usual_place(tmp_path: Path) -> None:
    home = tmp_path / "gradcli"
    home.mkdir()
    variables = {"XDG_CONFIG_HOME": str(tmp_path)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.cli.runner.Environment", _without_choice)
        assert gradcli(GRADIENT, terminal=True, variables=variables) == gradcli(GRADIENT, terminal=True)
        write(home / "config.toml", 'format = "plain"')
        assert gradcli(GRADIENT, terminal=True, variables=variables).stdout == PLAIN


def _without_choice(stdin: Any, stdout: Any, stderr: Any, variables: dict[str, str], width: int | None) -> Any:
    from gradcli.cli.environment import Environment

    left = {name: value for name, value in variables.items() if (name, value) != ("GRADCLI_CONFIG", "")}
    return Environment(stdin, stdout, stderr, left, width)


@pytest.mark.parametrize(
    ("tty", "there", "loaded"), [(False, True, []), (True, False, ["D"]), (True, True, ["D", "T"])]
)
def test_nothing_is_imported_for_it_where_it_is_not_heeded(
    tty: bool, there: bool, loaded: list[str], file: Path
) -> None:
    if there:
        write(file)
    code = (
        "import sys, io; from gradcli.cli.main import main; from gradcli.cli.environment import Environment\n"
        f"class Out(io.StringIO): isatty = lambda self: {tty}; encoding = 'utf-8'\n"
        f"variables = {{'GRADCLI_CONFIG': {str(file)!r}}} if {there} else {{'XDG_CONFIG_HOME': '/none'}}\n"
        f"main(['eval', '1', '-q'], Environment(io.StringIO(), Out(), io.StringIO(), variables))\n"
        "names = {'D': 'gradcli.cli.defaults', 'T': 'tomllib'}\n"
        "print([short for short, name in names.items() if name in sys.modules], 'platformdirs' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == f"{loaded} False\n"


def test_info_tells_versions_and_the_file(file: Path) -> None:
    write(file, "digits = 20")
    shown = configured("info", file, terminal=False, GRADCLI_LOOSE="1")
    assert (shown.stderr, shown.status) == ("", 0)
    lines = shown.stdout.splitlines()
    assert lines[0] == f"gradcli = {__version__}"
    assert f"config = {file} (digits = 20)" in lines
    assert "GRADCLI_LOOSE = 1" in lines
    from importlib.metadata import version

    for library in ("numpy", "sympy", "python-flint", "click", "rich", "scipy", "mpmath"):
        assert f"{library} = {version(library)}" in lines
    assert any(line.endswith("(extra: pip install 'gradcli[yaml]')") for line in lines)
    assert not any("hypothesis" in line or "torch" in line for line in lines)
    assert lines == configured("info", file, GRADCLI_LOOSE="1").stdout.splitlines()


def test_info_as_json(file: Path) -> None:
    told = json.loads(configured("info --json", write(file)).stdout)
    assert told["gradcli"] == __version__
    assert told["config"] == {"path": str(file), "read": True, "problem": None, "defaults": {}}
    assert told["extras"]["yaml"].keys() == {"pyyaml"}


def test_info_of_a_file_that_is_wrong_or_missing(file: Path) -> None:
    assert "config = none, as GRADCLI_CONFIG says" in gradcli("info").stdout
    done = configured("info", write(file, "colr = 1"))
    assert done.status == 2
    assert f"config = {file} (refused)" in done.stdout
    assert "'colr' is no default" in done.stderr

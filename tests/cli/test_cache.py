"""What SymPy has derived is kept for the next run, which imports no SymPy and compares all the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import gradcli as package
from gradcli.cli import recollection
from gradcli.data.cache import Store, cache_path
from gradcli.data.sources import state_of, text_of_module
from gradcli.symbolic import Question
from gradcli.transforms.verify.derivations import key_of
from tests.cli.runner import Outcome, gradcli
from tests.cli.test_imports import imported

SCHEMA = json.loads((Path(package.__file__).parent / "render" / "schema.json").read_text("utf-8"))
TOP = Path(__file__).parents[2]
EXAMPLE = "x**2*sin(x)"
KEPT = "verified (cached derivation): "
CLAIM = ["check", "x**3", "--claim", "x=3*x**2"]


def run(folder: Path | str, *words: str, **variables: str) -> Outcome:
    return gradcli(list(words), variables={"GRADCLI_CACHE": str(folder), **variables})


def texts(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.txt"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one derivation in it, and one proved claim."""
    folder = tmp_path_factory.mktemp("cache") / "gradcli"
    first = run(folder, "grad", EXAMPLE, "--x", "3")
    assert "check = verified: 1 of 1 entries" in first.stdout
    claimed = run(folder, *CLAIM)
    assert claimed.stdout == "df/dx: true for all x (proved)\n"
    assert len(texts(folder)) == 2
    return folder


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(filled, tmp_path / "cache"))


def derivation(folder: Path) -> Path:
    return next(path for path in texts(folder) if "gradient by x" in path.read_text())


def test_the_next_run_takes_it(folder: Path) -> None:
    for words in (["--x", "-7.5"], ["--x=0.25", "--check", "require"]):
        done = run(folder, "grad", EXAMPLE, *words)
        assert f"check = {KEPT}1 of 1 entries, largest error" in done.stdout
        assert (done.stderr, done.status) == ("", 0)
    assert f"check = {KEPT}1 of 1 entries" in run(folder, "grad", "x ** 2 * sin( x )", "--x", "2").stdout
    shown = gradcli(["grad", EXAMPLE, "--x", "3"], variables={"GRADCLI_CACHE": str(folder)}, terminal=True).stdout
    assert "SymPy's derivative (cached derivation) to all 16 digits" in shown
    assert len(texts(folder)) == 2


def test_of_an_expression_in_a_pipe_nothing_is_expected(folder: Path) -> None:
    words = ["grad", "-", "--x", "3"]
    done = gradcli(words, stdin=EXAMPLE, variables={"GRADCLI_CACHE": str(folder)})
    assert f"check = {KEPT}1 of 1 entries" in done.stdout
    variables = {"GRADCLI_CACHE": str(folder)}
    assert recollection.is_expected(["grad", EXAMPLE, "--x", "7"], variables)
    assert not recollection.is_expected(["grad", EXAMPLE, "--x", "7", "--no-cache"], variables)
    assert not recollection.is_expected(["grad", "x**7", "--x", "7"], variables)
    assert not recollection.is_expected(words, variables)


def test_json_says_so(folder: Path) -> None:
    document = json.loads(run(folder, "grad", EXAMPLE, "--x", "3", "--json").stdout)
    assert document["check"]["verdict"] == "verified"
    assert document["check"]["derivation"] == "cached"
    jsonschema.validate(document, SCHEMA)
    document = json.loads(run(folder, *CLAIM, "--json").stdout)
    assert document["cases"][0]["claims"][0]["derivation"] == "cached"
    jsonschema.validate(document, SCHEMA)


def test_no_sympy_is_imported(folder: Path, tmp_path: Path) -> None:
    fake = tmp_path / "path" / "sympy"
    fake.mkdir(parents=True)
    (fake / "__init__.py").write_text("raise SystemExit('imported')")
    (fake / "release.py").write_text(text_of_module("sympy", "release.py"))
    path = os.pathsep.join([str(fake.parent), str(TOP)])
    environment = {**os.environ, "PYTHONPATH": path, "GRADCLI_CACHE": str(folder), "GRADCLI_CONFIG": ""}

    def command(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "gradcli", *words],
            capture_output=True, text=True, timeout=60, check=False, env=environment, cwd=TOP, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return done.stdout

    assert f"check = {KEPT}1 of 1 entries" in command("grad", EXAMPLE, "--x", "2")
    assert command(*CLAIM) == "df/dx: true for all x (proved, cached derivation)\n"
    assert "verified: by proof" in command("grad", EXAMPLE, "--x", "2", "--no-cache")  # SymPy is missed there


def test_a_recalled_answer_imports_what_it_uses(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of these would take longer than the rest of the check: OpenSSL, decimals, the results of other commands."""
    monkeypatch.setenv("GRADCLI_CACHE", str(folder))
    found = imported(["grad", EXAMPLE, "--x", "2"])
    assert "gradcli.transforms.verify.derivations" in found
    costly = {"hashlib", "decimal", "selectors", "gradcli.transforms.results.graph", "gradcli.enclosures", "mpmath"}
    assert costly & set(found) == set()


@pytest.mark.parametrize("words", [["grad"], ["grad", "--check", "require"], ["grad", "--verify", "full"]])
def test_a_wrong_derivation_is_told(words: list[str], folder: Path) -> None:
    derivation(folder).write_text("[[x**2*sin(x)], [x**2*cos(x)], []]")
    command, *options = words
    done = run(folder, command, EXAMPLE, "--x", "3", *options)
    assert "check = differs (cached derivation): 1 of 1 entries differ from SymPy's" in done.stdout
    assert "--no-cache has SymPy derive it anew, `gradcli cache clear` forgets it" in done.stdout
    assert "verified" not in done.stdout
    assert done.status == 1


@pytest.mark.parametrize(
    "text",
    [
        b"[[x**2*sin(x)], [2*x*sin(x)", b"\xff\xfe\x00", b"[[x**2], [2*x], []]",
        b"[[x**2*sin(x)], [__import__('os').mkdir('made')], []]",
    ],
)  # fmt: skip
def test_a_damaged_one_is_written_anew(
    text: bytes, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = derivation(folder)
    whole = path.read_text()
    path.write_bytes(text)
    done = run(folder, "grad", EXAMPLE, "--x", "3")
    assert "check = verified: 1 of 1 entries" in done.stdout
    assert (done.stderr, done.status) == ("", 0)
    assert sorted(path.read_text()) == sorted(whole)  # the order of terms may be another
    assert not Path("made").exists()


def test_a_claim_is_judged_again(folder: Path) -> None:
    assert run(folder, *CLAIM).stdout == "df/dx: true for all x (proved, cached derivation)\n"
    (path,) = (path for path in texts(folder) if "# proof: " in path.read_text())
    whole = path.read_text()
    assert "[3*x**2]" in whole
    path.write_text(whole.replace("[3*x**2]", "[4*x**2]"))  # not what the claim says, nor the engine
    assert run(folder, *CLAIM).stdout == "df/dx: true for all x (proved)\n"
    assert "[3*x**2]" in path.read_text()


def test_a_false_claim_is_not_believed_for_what_is_written(folder: Path) -> None:
    (path,) = (path for path in texts(folder) if "# proof: " in path.read_text())
    false = ["check", "x**3", "--claim", "x=4*x**2"]
    names: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "read", lambda self, key: names.append(key))
        run(folder, *false)
    for entries in ("[4*x**2]", "[3*x**2]"):
        (folder / f"{names[0]}.txt").write_text(path.read_text().replace("[3*x**2]", entries))
        done = run(folder, *false)
        assert done.stdout.startswith("df/dx: false at x = 1.0: the derivative is 3.0, the claim is 4.0\n")
        assert done.status == 1


def test_formulas_are_confirmed_by_it(tmp_path: Path) -> None:
    words = ["diff", "x**3*y", "--wrt", "x"]
    assert run(tmp_path, *words).stderr == "check = proved equal to SymPy's derivative\n"
    again = run(tmp_path, *words)
    assert again.stderr == "check = proved equal to SymPy's derivative (cached derivation)\n"
    assert again.stdout == "df/dx = 3*x**2*y\n"


def test_where_it_is_switched_off(folder: Path, tmp_path: Path) -> None:
    words = ["grad", EXAMPLE, "--x", "3"]
    assert "check = verified: " in run(folder, *words, "--no-cache").stdout
    before = sorted(folder.iterdir())
    assert "check = verified: " in run(folder, "grad", "x**5", "--x", "3", "--no-cache").stdout
    assert sorted(folder.iterdir()) == before
    home = tmp_path / "home"
    home.mkdir()
    assert "check = verified: " in run("", *words, HOME=str(home)).stdout
    assert not list(home.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not protected so there")
def test_a_folder_that_cannot_be_written_is_no_error(folder: Path, tmp_path: Path) -> None:
    words = ["grad", EXAMPLE, "--x", "3"]
    file = tmp_path / "file"
    file.write_text("")
    for path in (file / "below", tmp_path / ("x" * 300)):
        done = run(path, *words)
        assert "check = verified: " in done.stdout
        assert (done.stderr, done.status) == ("", 0)
    assert file.read_text() == ""
    folder.chmod(0o500)
    try:
        assert KEPT in run(folder, *words).stdout
    finally:
        folder.chmod(0o700)


def test_the_command(folder: Path) -> None:
    size = sum(path.stat().st_size for path in texts(folder))
    told = f"path = {folder}\nderivations = 2\nbytes = {size:,} of 33,554,432\n"
    assert run(folder, "cache").stdout == run(folder, "cache", "info").stdout == told
    assert json.loads(run(folder, "cache", "--json").stdout) == {
        "path": str(folder), "derivations": 2, "bytes": size, "most_bytes": 2**25,
    }  # fmt: skip
    assert run(folder, "cache", "path").stdout == f"{folder}\n"
    (folder / "notes").write_text("somebody's own")
    assert run(folder, "cache", "clear").stdout == "cleared = 2\n"
    assert [path.name for path in folder.iterdir()] == ["notes"]
    assert run(folder, "cache", "clear").stdout == "cleared = 0\n"
    assert run("", "cache").stdout == "path = none: nothing is kept (GRADCLI_CACHE is empty, or there is no home)\n"
    assert f"cache = {folder}" in run(folder, "info").stdout
    assert run(folder, "cache", "clean").status == 2


def asked(source: str = "a*x", wrt: tuple[str, ...] = ("x",), kind: Any = "gradient", **more: Any) -> Question:
    values = more.pop("values", {"x": 1.0, "a": 2.0})
    return Question(source, values, wrt, kind, **more)


def test_a_path_that_is_none_is_not_printed(tmp_path: Path) -> None:
    done = run("", "cache", "path")
    assert (done.stdout, done.status) == ("", 1)
    assert done.stderr == "note: nothing is kept: GRADCLI_CACHE is empty, or there is no home\n"
    assert run("", "cache").stdout.startswith("path = none")
    assert run("~/kept", "cache", "path", HOME=str(tmp_path)).stdout == f"{tmp_path}/kept\n"


def test_a_file_is_no_cache(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("somebody's own")
    for words in (["cache"], ["cache", "path"], ["cache", "clear"]):
        done = run(file, *words)
        assert (done.stdout, done.status) == ("", 2)
        assert done.stderr.startswith(f"error: '{file}' is no folder, and nothing is kept there\nhint: GRADCLI_CACHE ")
    assert file.read_text() == "somebody's own"


def test_the_key_is_of_all_that_it_depends_on() -> None:
    def key(question: Question, makers: str = "") -> str | None:
        return key_of(question, lambda: makers)

    one = key(asked())
    assert one == key(asked(values={"x": 7.0, "a": 2.0})) == key(asked(" a * x "))
    loop = key(asked("sum(a*x[i] for i in range(2))", values={"x": [1.0, 2.0], "a": 2.0}))
    assert loop == key(asked("sum(a*x[k] for k in range(0, 2))", values={"x": [5.0, 6.0], "a": 2.0}))
    others = [
        key(asked("x*a")), key(asked(wrt=("a",))), key(asked(wrt=("a", "x"))), key(asked(kind="jacobian")),
        key(asked(values={"x": 1.0, "a": 3.0})), key(asked(values={"x": [1.0], "a": 2.0})),
        key(asked(values={"x": [[1.0]], "a": 2.0})), key(asked(order=2)), key(asked(limit=3)), key(asked(seed=2.0)),
        key(asked(tangents={"x": 1.0})), key(asked(), "another SymPy"), loop,
    ]  # fmt: skip
    assert len({one, *others}) == 1 + len(others)
    assert key(asked("diff(a*x, x)")) is None


def test_another_state_of_the_source_is_another_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = Path(shutil.copytree(TOP / "gradcli", tmp_path / "gradcli", ignore=shutil.ignore_patterns("__pycache__")))
    monkeypatch.setattr(package, "__path__", [str(copy)])
    first = recollection.makers()
    assert first == recollection.makers()
    assert "1.1" in first or "__version__" in first  # SymPy's
    path = copy / "symbolic" / "recall" / "vocabulary.py"
    about = path.stat()
    text = path.read_text()
    path.write_text(text.replace("mp.one", "mp.two"))  # as long as before
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert path.stat().st_size == about.st_size
    changed = recollection.makers()
    assert changed != first
    (copy / "ops" / "new.py").write_text("")
    assert recollection.makers() not in (first, changed)
    (tmp_path / "a").mkdir()
    assert state_of([str(tmp_path / "a")]) == "[]"


def test_eight_processes_at_once(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from gradcli.data.cache import Store\n"
        "store = Store(sys.argv[1], 40 * 4096)\n"
        "for i in range(60):\n"
        "    text = f'{i % 7} ' * 3000\n"
        "    store.write(f'key{i % 7}', text)\n"
        "    store.write(f'{sys.argv[2]}{i}', 'x')\n"
        "    for k in range(7):\n"
        "        found = store.read(f'key{k}')\n"
        "        assert found in (None, f'{k} ' * 3000), found[:9]\n"
        "    store.contents()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(TOP)}
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), f"p{i}_"], env=environment, stderr=subprocess.PIPE)
        for i in range(8)
    ]
    for process in processes:
        assert process.communicate(timeout=120)[1] == b""
        assert process.returncode == 0
    Store(str(tmp_path), 40 * 4096).write("last", "x")
    assert all(path.suffix == ".txt" for path in tmp_path.iterdir())
    assert sum(-(-path.stat().st_size // 4096) for path in tmp_path.iterdir()) <= 40


def test_the_oldest_are_dropped(tmp_path: Path) -> None:
    store = Store(str(tmp_path), 3 * 4096)
    for i in range(5):
        store.write(f"key{i}", str(i))
        os.utime(tmp_path / f"key{i}.txt", (i, i))
    assert [store.read(f"key{i}") for i in range(5)] == [None, None, "2", "3", "4"]
    for i, time in ((2, 7), (3, 5), (4, 6)):
        os.utime(tmp_path / f"key{i}.txt", (time, time))
    store.read("key3")  # what is read is new again
    store.write("key5", "5")
    assert [store.read(f"key{i}") for i in range(2, 6)] == ["2", "3", None, "5"]
    store.write("large", "x" * 2**21)
    assert store.read("large") is None


@pytest.mark.parametrize(("system", "module"), [("linux", "unix.Unix"), ("darwin", "macos.MacOS")])
@pytest.mark.parametrize("variables", [{}, {"XDG_CACHE_HOME": "/var/cache/ada"}])
def test_the_folder_is_where_platformdirs_has_it(
    system: str, module: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("platformdirs")
    if system == "darwin" and variables:
        pytest.skip("macOS has a place of its own")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for name, value in {"HOME": "/home/ada", **variables}.items():
        monkeypatch.setenv(name, value)
    home, _, name = module.partition(".")
    dirs: Any = getattr(import_module(f"platformdirs.{home}"), name)("gradcli")
    assert cache_path({"HOME": "/home/ada", **variables}, system) == dirs.user_cache_dir


def test_without_a_home_there_is_none() -> None:
    assert cache_path({}, "linux") is None
    assert cache_path({"HOME": ""}, "darwin") is None
    assert cache_path({"XDG_CACHE_HOME": "relative", "HOME": "/home/ada"}, "linux") == "/home/ada/.cache/gradcli"
    assert cache_path({}, "win32") is None
    assert cache_path({"LOCALAPPDATA": "C:\\Users\\ada\\AppData\\Local"}, "win32") == (
        "C:\\Users\\ada\\AppData\\Local\\gradcli\\Cache"
    )


def test_what_was_begun_and_left_is_removed(tmp_path: Path) -> None:
    left, current = tmp_path / ".key.1.tmp", tmp_path / ".key.2.tmp"
    for path in (left, current):
        path.write_text("begun")
    os.utime(left, (0, 0))
    store = Store(str(tmp_path))
    store.write("key", "1")
    assert (left.exists(), current.exists()) == (False, True)
    assert store.contents().texts == 1

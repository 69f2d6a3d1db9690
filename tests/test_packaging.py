"""Ready to publish: what is built holds what it should, and works where nothing else is."""

from __future__ import annotations

import email
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from importlib.metadata import PackageNotFoundError, distribution, requires, version
from pathlib import Path

import pytest

from gradcli.version import __version__

TOP = Path(__file__).parent.parent
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
LEFT = shutil.ignore_patterns(
    ".git", ".venv*", "*.egg-info", "build", "dist", "__pycache__", ".*_cache", ".hypothesis", ".benchmarks"
)
SDIST_TESTS = ("tests/lang/test_syntax_cases.py", "tests/engine/test_facts_arrays.py", "tests/test_manual.py")
"""Some that need cases, data and docs."""


def newest(name: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in version(name).split(".")[:2])
    except PackageNotFoundError:
        return (0,)


pytestmark = pytest.mark.skipif(
    newest("setuptools") < (77,) or newest("build") == (0,),
    reason="build and setuptools 77 or newer are not installed",
)


def run(*words: str | Path, folder: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    return subprocess.run(
        [str(word) for word in words],
        capture_output=True, text=True, encoding="utf-8", timeout=300, check=False, cwd=folder,
        env={**environment, **variables},
    )  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist, and the wheel that is built from it; nothing is fetched."""
    copy = tmp_path_factory.mktemp("source") / "gradcli"
    shutil.copytree(TOP, copy, ignore=LEFT)
    made = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "build", "--no-isolation", "--outdir", made, copy)
    assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def sdist(built: Path) -> Path:
    (found,) = built.glob("*.tar.gz")
    return found


def test_the_wheel_holds_the_package_and_its_manual(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    data = f"gradcli-{__version__}.data/data/share/man/man1"
    assert {name.split("/")[0] for name in names} == {
        "gradcli", f"gradcli-{__version__}.data", f"gradcli-{__version__}.dist-info"
    }  # fmt: skip
    modules = {path.relative_to(TOP).as_posix() for path in (TOP / "gradcli").rglob("*.py")}
    assert modules <= names
    pages = {f"gradcli/render/pages/graph.{suffix}" for suffix in ("css", "js")}
    assert {"gradcli/py.typed", "gradcli/render/schema.json", *pages} <= names
    assert {name for name in names if name.startswith(data)} == {
        f"{data}/{page.name}" for page in (TOP / "docs" / "man").iterdir()
    }
    assert f"gradcli-{__version__}.dist-info/licenses/LICENSE" in names


def test_what_the_wheel_says_of_itself(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        told = email.message_from_bytes(archive.read(f"gradcli-{__version__}.dist-info/METADATA"))
    assert told["Version"] == __version__
    assert told["License-Expression"] == "MIT"
    needed = [line for line in told.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert sorted(needed) == sorted(PROJECT["project"]["dependencies"])
    assert set(told.get_all("Provides-Extra", [])) == set(PROJECT["project"]["optional-dependencies"])
    description = told.get_payload()
    assert isinstance(description, str)
    assert description.startswith("# gradcli")


def test_the_version_has_one_home() -> None:
    assert "version" in PROJECT["project"]["dynamic"]
    assert PROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "gradcli.version.__version__"}
    changes = (TOP / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (\S+)", changes, flags=re.MULTILINE)
    assert headings[0] == __version__
    stated = re.compile(rf"\b{re.escape(__version__)}\b")
    elsewhere = [p for p in (TOP / "gradcli").rglob("*.py") if stated.search(p.read_text(encoding="utf-8"))]
    assert elsewhere == [TOP / "gradcli" / "version.py"]


def test_twine_finds_nothing_wrong(built: Path) -> None:
    if newest("twine") == (0,):
        pytest.skip("twine is not installed")
    done = run(sys.executable, "-m", "twine", "check", "--strict", *built.iterdir())
    assert done.returncode == 0, done.stdout


def test_the_wheel_works_where_there_are_no_extras(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    venv.create(home, symlinks=os.name != "nt", with_pip=False)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    done = run(
        sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", scripts / "python",
        "install", "--no-index", "--no-deps", wheel,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lend(needs("gradcli"), home)

    folder = tmp_path / "elsewhere"
    folder.mkdir()
    first = run(scripts / "gradcli", "grad", "x**2-2*x+1", "--x", "0", folder=folder)
    assert (first.stderr, first.returncode) == ("", 0)
    assert re.fullmatch(r"f = 1\.0\ndf/dx = -2\.0\ncheck = verified: 1 of 1 .*; proved exact\n", first.stdout)

    told = run(scripts / "gradcli", "info", folder=folder).stdout
    assert f"folder = {home}" in told
    assert "pyyaml = not installed (extra: pip install 'gradcli[yaml]')" in told
    (folder / "p.yaml").write_text("x: 3", encoding="utf-8")
    refused = run(scripts / "gradcli", "eval", "x", "--values", "p.yaml", folder=folder)
    assert refused.returncode == 2
    assert "pip install 'gradcli[yaml]'" in refused.stderr
    assert (home / "share" / "man" / "man1" / "gradcli-grad.1").is_file()


def needs(package: str) -> set[str]:
    """The packages that one needs without extras, and those that they need."""
    found: set[str] = set()
    stack = [package]
    while stack:
        for requirement in requires(stack.pop()) or []:
            name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
            marked = requirement.partition(";")[2]
            if name not in found and "extra" not in marked and newest(name) != (0,):
                found.add(name)
                stack.append(name)
    return found


def lend(packages: set[str], home: Path) -> None:
    """Let an environment see these packages of ours, and no others."""
    (site,) = home.glob("Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages")
    for package in packages:
        files = distribution(package).files or []
        for name in {file.parts[0] for file in files} - {"..", "__pycache__"}:
            source = Path(str(distribution(package).locate_file(name)))
            target = site / name
            if source.exists() and not target.exists():
                target.symlink_to(source, target_is_directory=source.is_dir())


def test_the_sdist_holds_what_its_tests_need(sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (top,) = tmp_path.iterdir()
    tracked = run("git", "ls-files", folder=TOP)
    if tracked.returncode == 0:
        files = set(tracked.stdout.splitlines()) - {".gitattributes", ".gitignore"}
        assert [name for name in sorted(files) if (TOP / name).exists() and not (top / name).exists()] == []
    done = run(
        sys.executable, "-m", "pytest", "-q", "-n", "0", "-m", "not slow", "-p", "no:cacheprovider", *SDIST_TESTS,
        folder=top, PYTHONPATH=str(top),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    assert re.search(r"\d{2,} passed", done.stdout)

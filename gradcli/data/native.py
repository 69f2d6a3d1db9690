"""Compiling C: a library for each source, made once and kept in the user's cache."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from gradcli.errors import UsageProblem

__all__ = ["compiler", "library"]

FLAGS = (
    "-O3", "-march=native", "-shared", "-fPIC", "-std=gnu11", "-fopenmp-simd", "-ffp-contract=off", "-fno-math-errno",
    "-fno-trapping-math", "-fno-builtin-sin", "-fno-builtin-cos",
)  # fmt: skip
"""Nothing here changes what NaN and infinities mean; sine and cosine are not made one call, which is not vectorised."""

_LONGEST = 60.0
"""Seconds for the compiler."""


def compiler() -> str | None:
    """The path of a C compiler: what the variable CC names, else cc, gcc or clang."""
    named = os.environ.get("CC", "").strip()
    for name in (named, "cc", "gcc", "clang"):
        found = shutil.which(name) if name else None
        if found is not None:
            return found
    return None


def library(source: str) -> Path:
    """The shared library of a source.

    Args:
        source: in C.

    Raises:
        UsageProblem: if there is no compiler, or it does not take the source.
    """
    cc = compiler()
    if cc is None:
        raise UsageProblem("there is no C compiler", hint="install gcc or clang, or leave --backend c out")
    key = hashlib.sha256("\0".join((source, *FLAGS, cc, _version(cc), _processor())).encode()).hexdigest()[:32]
    for folder in _folders():
        path = folder / f"{key}.so"
        if path.is_file():
            return path
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return _made(cc, source, path)
    raise UsageProblem("there is no folder for compiled code", hint="set XDG_CACHE_HOME to one that can be written")


def _folders() -> list[Path]:
    """Where libraries are kept: the user's cache, else a folder that goes with this user."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    user = os.getuid() if hasattr(os, "getuid") else 0
    return [Path(home) / "gradcli" / "native", Path(tempfile.gettempdir()) / f"gradcli-{user}"]


def _version(cc: str) -> str:
    done = subprocess.run([cc, "--version"], capture_output=True, text=True, timeout=_LONGEST, check=False)
    return done.stdout


def _processor() -> str:
    """What -march=native depends on."""
    told = platform.machine()
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        told += next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return told


def _made(cc: str, source: str, path: Path) -> Path:
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        text, made = Path(folder) / "rows.c", Path(folder) / "rows.so"
        text.write_text(source, encoding="utf-8")
        command = [cc, *FLAGS, str(text), "-o", str(made), "-lm"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST, check=False)
        except subprocess.TimeoutExpired:
            raise UsageProblem(f"the C compiler has not finished within {_LONGEST:g} s") from None
        if done.returncode:
            told = (done.stderr.strip().splitlines() or ["no message"])[0]
            raise UsageProblem(f"the C compiler does not take the program: {told[:200]}")
        made.replace(path)
    return path

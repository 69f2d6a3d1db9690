"""Tables from file to file, through pipes and on a cluster: time beside a plain copy, memory, and how both grow."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bench.measure import medians, row, title

FORMULA = "exp(-x**2)*sin(y*z) + log(1+x*y)/sqrt(z)"
NAMES = ("x", "y", "z")
ROWS = 10_000_000
FEWER = 1_000_000
MOST = 100_000_000

_ALONE = ["--no-check", "-q", "--no-progress"]


def run() -> None:
    if find_spec("pyarrow"):
        with tempfile.TemporaryDirectory() as folder:
            from_file_to_file(Path(folder))
        with tempfile.TemporaryDirectory() as folder:
            growth(Path(folder))
            start(Path(folder))
    memory()
    coprocess()
    if find_spec("distributed") and find_spec("pyarrow"):
        with tempfile.TemporaryDirectory() as folder:
            cluster(Path(folder))


def gradcli(*words: str) -> list[str]:
    return [sys.executable, "-m", "gradcli", *words]


def done(words: list[str], **options: Any) -> Callable[[], object]:
    """A task that runs a command."""
    return lambda: subprocess.run(words, check=True, stdout=subprocess.DEVNULL, **options)


def uniform(rows: int) -> Any:
    import pyarrow as pa

    chance = np.random.default_rng(0)
    return pa.table({name: chance.uniform(0.5, 2.0, rows) for name in NAMES})


def from_file_to_file(folder: Path) -> None:
    import pyarrow.csv
    import pyarrow.parquet as pq

    title("From file to file: the whole command, beside processes that copy output or input; medians of 3 or 5")
    for kind, rows in (("parquet", ROWS), ("parquet", FEWER), ("csv", ROWS), ("csv", FEWER), ("jsonl", FEWER // 10)):
        source, target, copy = (folder / f"{name}.{kind}" for name in ("in", "out", "copy"))
        table = uniform(rows)
        if kind == "parquet":
            pq.write_table(table, source, use_dictionary=False)
        elif kind == "csv":
            pyarrow.csv.write_csv(table, source)
        else:
            source.write_text("".join(f"{json.dumps(one)}\n" for one in table.to_pylist()))
        tasks: dict[str, Callable[[], object]] = {
            "ours": done(gradcli("batch", FORMULA, str(source), "-o", str(target), *_ALONE))
        }
        tasks["ours"]()
        copied = target if kind == "parquet" else source
        for name, (_, text) in _COPIES.get(kind, {}).items():
            tasks[name] = done([sys.executable, "-c", text, str(copied), str(copy)])
        seconds = medians(tasks, 3 if rows == ROWS else 5, warmup=0)
        row(f"{kind}, {rows:,} rows", f"{seconds['ours']:.2f} s", f"{rows / seconds['ours'] / 1e6:.2f}e6 rows/s")
        for name, (bound, _) in _COPIES.get(kind, {}).items():
            aimed = bound if rows == ROWS or kind == "csv" else ""
            row(f"  {name}", f"{seconds[name]:.2f} s", f"{seconds['ours'] / seconds[name]:.2f} x a copy", aimed)
        for path in (source, target, copy):
            path.unlink(missing_ok=True)


_PIPELINE = """
import io, os, sys
from concurrent.futures import ThreadPoolExecutor
import polars as pl, pyarrow as pa, pyarrow.csv

def pieces(stream):
    rest = b""
    while part := stream.read(1 << 22):
        whole = rest + part
        cut = whole.rfind(b"\\n") + 1
        rest = whole[cut:]
        yield whole[:cut]
    if rest:
        yield rest

def read():
    text = next(texts, None)
    if text is None:
        return None
    options = pa.csv.ReadOptions(column_names=names, block_size=len(text))
    return pa.csv.read_csv(pa.BufferReader(text), options)

def write(table):
    pl.from_arrow(table).write_csv(out, include_header=False)

with open(sys.argv[1], "rb") as stream, open(sys.argv[2], "wb") as out, ThreadPoolExecutor(1) as reader, \\
        ThreadPoolExecutor(1) as writer:
    head = stream.readline()
    out.write(head)
    out.flush()
    names = head.decode().strip().split(",")
    texts = pieces(stream)
    waiting, written = reader.submit(read), None
    while (table := waiting.result()) is not None:
        waiting = reader.submit(read)
        if written:
            written.result()
        written = writer.submit(write, table)
    if written:
        written.result()
    out.flush()
    os.fsync(out.fileno())
"""
"""Pieces that end where a row does, whose numbers Arrow reads and Polars writes, both at the same time."""

_COPIES = {
    "parquet": {
        "Arrow's copy of the output": (
            "target <= 1.2 x",
            """import sys, pyarrow.parquet as pq
pq.write_table(pq.read_table(sys.argv[1]), sys.argv[2], use_dictionary=False)""",
        )
    },
    "csv": {
        "the same pipeline's copy of the input": ("target <= 2 x", _PIPELINE),
        "Polars' copy of the input": (
            "",
            "import sys, polars as pl; pl.scan_csv(sys.argv[1]).sink_csv(sys.argv[2])",
        ),
        "Arrow's copy of the input": (
            "",
            "import sys, pyarrow.csv as csv; csv.write_csv(csv.read_csv(sys.argv[1]), sys.argv[2])",
        ),
    },
}
"""For each format what copies, with the target of the ratio and its text."""


def growth(folder: Path) -> None:
    """Time and memory against rows, of Parquet whose numbers repeat, so that it is small; what comes out is dropped."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    title("Time and peak memory against rows: value and two partials of sin(x)*y**2, Parquet to Parquet")
    chance = np.random.default_rng(0)
    million = pa.table({name: chance.integers(50, 200, FEWER) / 100 for name in "xy"})
    before = None
    for rows in (1_000, 10_000, 100_000, FEWER, ROWS, MOST):
        source = folder / "in.parquet"
        with pq.ParquetWriter(source, million.schema) as writer:
            for first in range(0, rows, FEWER):
                writer.write_table(million.slice(0, min(FEWER, rows - first)))
        took, peak = [], 0
        for _ in range(1 if rows == MOST else 3):
            began = time.perf_counter()
            words = gradcli("batch", "sin(x)*y**2", str(source), "-o", os.devnull, "--format", "parquet", *_ALONE)
            peak = max(peak, _peak(words))
            took.append(time.perf_counter() - began)
        seconds = float(np.median(took))
        ratio = "" if before is None else f"{seconds / before:.2f} x the row above"
        row(f"{rows:,} rows", f"{seconds:.2f} s", ratio)
        if rows in (FEWER, ROWS, MOST):
            row(f"{rows:,} rows, peak memory", f"{peak / 1024:.0f} MB", "", "target <= 250 MB")
        before = seconds


def start(folder: Path) -> None:
    """A thousand rows, beside what has to be started for them."""
    import pyarrow.csv
    import pyarrow.parquet as pq

    title("1,000 rows, beside gradcli eval 1 and the import of the reader; medians of 15")
    table = uniform(1_000)
    pyarrow.csv.write_csv(table, folder / "k.csv")
    pq.write_table(table, folder / "k.parquet")
    tasks = {
        "eval": done(gradcli("eval", "1")),
        "python": done([sys.executable, "-c", "import numpy"]),
        "parquet: reader": done([sys.executable, "-c", "import numpy, pyarrow.parquet"]),
        "csv: reader": done([sys.executable, "-c", "import numpy"]),
        "grad": done(gradcli("grad", FORMULA, "--x", "1", "--y", "1.5", "--z", "0.7", "-q")),
        "grad, unchecked": done(gradcli("grad", FORMULA, "--x", "1", "--y", "1.5", "--z", "0.7", "-q", "--no-check")),
    }
    for kind in ("csv", "parquet"):
        source, target = str(folder / f"k.{kind}"), str(folder / f"out.{kind}")
        tasks[f"{kind}: rows"] = done(gradcli("batch", FORMULA, source, "-o", target, *_ALONE))
        tasks[f"{kind}: checked"] = done(gradcli("batch", FORMULA, source, "-o", target, "-q"))
    seconds = medians(tasks, 15)
    for kind in ("csv", "parquet"):
        took = seconds[f"{kind}: rows"]
        least = seconds["eval"] + seconds[f"{kind}: reader"] - seconds["python"]
        row(f"{kind}, --no-check", f"{took * 1e3:.0f} ms", f"{took / least:.2f} x eval and import", "target <= 1.3 x")
        more = seconds[f"{kind}: checked"] - took
        row(f"{kind}, what the check of 20 rows adds", f"{more * 1e3:.0f} ms")
    row("gradcli grad, checked", f"{seconds['grad'] * 1e3:.0f} ms")


def memory() -> None:
    title("Peak memory of a table from standard input")
    for rows in (FEWER, MOST):
        writer = "import sys\nprint('x,y')\nfor i in range(int(sys.argv[1])): sys.stdout.write('1.5,2.5\\n' * 10000)"
        with subprocess.Popen([sys.executable, "-c", writer, str(rows // 10_000)], stdout=subprocess.PIPE) as source:
            began = time.perf_counter()
            words = gradcli("batch", "x*y", *_ALONE, "-o", os.devnull, "--format", "csv")
            peak = _peak(words, stdin=source.stdout)
            took = time.perf_counter() - began
        row(f"CSV, {rows:,} rows", f"{peak / 1024:.0f} MB", f"{took:.1f} s", "target <= 250 MB")


def _peak(words: list[str], **options: Any) -> int:
    """The peak memory of a command, in KiB."""
    found = subprocess.run([sys.executable, "-c", _MEASURED, *words], capture_output=True, check=True, **options)
    return int(found.stdout.splitlines()[-1])


_MEASURED = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)
"""Runs a command and tells its peak memory: that of a process with libraries would count as its child's."""


def coprocess(rows: int = 2000) -> None:
    title("A coprocess, one row at a time")
    words = ["x**2*y", "--line-buffered", "--input-format", "jsonl", "--no-check", "-q"]
    with subprocess.Popen(gradcli("batch", *words), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        times = []
        for i in range(rows):
            began = time.perf_counter()
            process.stdin.write(f'{{"x": {i}, "y": 2}}\n'.encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["d_x"] == 4.0 * i
            times.append(time.perf_counter() - began)
        process.stdin.close()
    row("a row", f"{np.median(times) * 1e6:.0f} us", "", "target <= 300 us")


def cluster(folder: Path, files: int = 8, rows: int = 50_000) -> None:
    """Several tables on a cluster that is there already; in JSON Lines, so that a worker takes one core alone."""
    title(f"Dask: {files} tables of {rows:,} rows of JSON Lines, on workers of one thread; medians of 3")
    inputs = folder / "in"
    inputs.mkdir()
    text = "".join(f"{json.dumps(one)}\n" for one in uniform(rows).to_pylist())
    for i in range(files):
        (inputs / f"p{i}.jsonl").write_text(text)
    with scheduler(1) as one, scheduler(2) as two:
        seconds = medians(
            {
                name: done(
                    gradcli("batch", FORMULA, str(inputs), "-o", f"{folder / name}/", "--scheduler", address, *_ALONE)
                )
                for name, address in (("1 worker", one), ("2 workers", two))
            },
            3,
        )
    row("1 worker", f"{seconds['1 worker']:.2f} s")
    ratio = seconds["1 worker"] / seconds["2 workers"]
    row("2 workers", f"{seconds['2 workers']:.2f} s", f"{ratio:.2f} x as fast", "target >= 1.7 x")


@contextmanager
def scheduler(workers: int) -> Iterator[str]:
    """The address of a scheduler on this machine that has some workers of one thread, each a process."""
    words = [sys.executable, "-c", _CLUSTER, str(workers)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert re.match("tcp://", address), address
        yield address
        process.stdin.close()  # ends it


_CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=int(sys.argv[1]), threads_per_worker=1, dashboard_address=":0") as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""

"""Tables on a Dask cluster on this machine: the same files as without one, also when a worker is lost."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from tests.cli.runner import Outcome, gradcli

distributed = pytest.importorskip("distributed", reason="clusters need the package distributed")

pytestmark = pytest.mark.filterwarnings("ignore::Warning")  # of a cluster that loses workers

TABLES, ROWS = 6, 20_000


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(TABLES):
        lines = "".join(f"{1 + i + row / ROWS},2.5\n" for row in range(ROWS))
        (folder / f"p{i}.csv").write_text(f"x,y\n{lines}abc,1\n")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.csv")}


def batch(tables: Path, target: Path, *words: str) -> Outcome:
    return gradcli(["batch", "sin(x)*y**2", str(tables), "-o", f"{target}/", "--no-check", *words])


def test_a_cluster_writes_what_one_process_writes_though_a_worker_is_lost(tables: Path, tmp_path: Path) -> None:
    here = batch(tables, tmp_path / "here")
    assert here.status == 2
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        pids = [worker.pid for worker in cluster.workers.values()]
        target = tmp_path / "there"
        done: list[Outcome] = []
        work = threading.Thread(
            target=lambda: done.append(batch(tables, target, "--scheduler", cluster.scheduler_address))
        )
        work.start()
        deadline = time.monotonic() + 60
        while not list(target.glob("*.csv")) and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(pids[0], signal.SIGKILL)
        work.join(120)
    assert contents(target) == contents(tmp_path / "here")
    assert done[0].status == 2
    named = [line for line in here.stderr.splitlines() if "row" in line and " s (" not in line]
    assert [line for line in done[0].stderr.splitlines() if "row" in line and " s (" not in line] == named
    assert not list(target.glob(".*.tmp"))


def test_mistakes(tables: Path, tmp_path: Path) -> None:
    one = gradcli(["batch", "x", str(tables / "p0.csv"), "--workers", "2"])
    assert "a cluster takes several tables to a folder" in one.stderr
    nobody = batch(tables, tmp_path / "out", "--scheduler", "nowhere")
    assert "the scheduler 'nowhere' does not answer" in nobody.stderr
    assert (one.status, nobody.status) == (2, 2)


def test_a_wrong_expression_is_told_by_the_worker(tables: Path, tmp_path: Path) -> None:
    done = gradcli(["batch", "x*z", str(tables), "-o", f"{tmp_path}/out/", "--workers", "1", "--no-check"])
    assert "there is no column 'z'" in done.stderr
    assert done.status == 2

"""Tables on a Dask cluster on this machine: the same files as without one, also when a worker is lost."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from gradcli.data.rows import pieces
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


def test_large_tables_are_computed_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its rows' numbers; together they are what one process writes."""
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(pieces, "PIECE", 4000)
    rows = [(0.5 + i, "two\nlines" if i % 7 == 0 else f"plain {i}") for i in range(700)]
    sources = {form: tmp_path / f"{form}.{form}" for form in ("csv", "jsonl", "parquet")}
    sources["csv"].write_text("x;note\n" + "".join(f'{x};"{note}"\n' for x, note in rows) + 'abc;"last"\n')
    sources["jsonl"].write_text("".join(json.dumps({"x": x, "note": note}) + "\n" for x, note in rows))
    table = pa.table({"x": [x for x, _ in rows], "note": [note for _, note in rows]})
    parquet.write_table(table, sources["parquet"], row_group_size=200, compression="none", use_dictionary=False)
    words = ["batch", "x**2", *map(str, sources.values()), "--no-check", "-o"]
    here = gradcli([*words, f"{tmp_path}/here/"])
    there = gradcli([*words, f"{tmp_path}/there/", "--workers", "1"])
    parts = {form: sorted((tmp_path / "there").glob(f"{form}-*")) for form in sources}
    assert all(len(found) > 2 and found[0].name == f"{form}-00001.{form}" for form, found in parts.items())
    whole = parquet.read_table(tmp_path / "here" / "parquet.parquet")
    assert pa.concat_tables(map(parquet.read_table, parts["parquet"])).equals(whole)
    for form, head in (("csv", b"x;note;value;d_x\n"), ("jsonl", b"")):
        first, *texts = [part.read_bytes() for part in parts[form]]
        joined = first + b"".join(text.removeprefix(head) for text in texts)
        assert joined == (tmp_path / "here" / f"{form}.{form}").read_bytes()
    assert here.status == there.status == 2
    named = [line for line in here.stderr.splitlines() if "row 701 of" in line]
    assert named
    assert [line for line in there.stderr.splitlines() if "row 701 of" in line] == named


def test_urls_are_read_and_written(tmp_path: Path) -> None:
    """By a file system of fsspec's: that of this machine's files, which needs no server."""
    pytest.importorskip("fsspec")
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(3):
        (folder / f"p{i}.csv").write_text(f"x\n{i}\n")
    done = gradcli(["batch", "x**2", f"file://{folder}", "-o", f"file://{tmp_path}/out/", "--no-check", "-q"])
    assert (done.stderr, done.status) == ("", 0)
    assert contents(tmp_path / "out")["p2.csv"] == b"x,value,d_x\n2,4.0,4.0\n"
    assert len(contents(tmp_path / "out")) == 3
    one = gradcli(["batch", "x", f"file://{folder}/p[12].csv", "-o", f"file://{tmp_path}/two/", "-q", "--no-check"])
    assert (one.status, sorted(contents(tmp_path / "two"))) == (0, ["p1.csv", "p2.csv"])
    alone = gradcli(["batch", "x", f"file://{folder}/p1.csv", "-o", f"file://{tmp_path}/q.csv", "-q", "--no-check"])
    assert (alone.status, (tmp_path / "q.csv").read_text()) == (0, "x,value,d_x\n1,1.0,1.0\n")


def test_what_goes_wrong_with_urls_leaves_nothing(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    (tmp_path / "p.csv").write_text("x\n1\nabc\n")
    failed = gradcli(["batch", "x", str(tmp_path / "p.csv"), "-o", f"file://{tmp_path}/q.csv", "--on-error", "fail"])
    assert failed.status == 2
    assert [path.name for path in tmp_path.iterdir()] == ["p.csv"]
    lost = gradcli(["batch", "x", f"file://{tmp_path}/nothing.csv"])
    assert (lost.status, "there is no file" in lost.stderr) == (2, True)
    odd = gradcli(["batch", "x", "nosuch://bucket/p.csv"])
    assert (odd.status, "cannot be opened" in odd.stderr) == (2, True)


@pytest.mark.parametrize("from_url", [True, False])
def test_work_at_urls_is_taken_up_again(tmp_path: Path, *, from_url: bool) -> None:
    pytest.importorskip("fsspec")
    folder, target = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for i in range(4):
        (folder / f"p{i}.csv").write_text(f"x\n{i}\n")
    source = f"file://{folder}/" if from_url else str(folder)
    words = ["batch", "x**2", source, "-o", f"file://{target}/", "--no-check"]
    assert gradcli(words).status == 0
    untouched = (target / "p0.csv").stat().st_ino
    (target / "p1.csv").write_text("x,value,d_x\n1,1.0,7.0\n")
    (folder / "p2.csv").write_text("x\n22\n")
    (target / "p3.csv").unlink()
    again = gradcli([*words, "--resume"])
    assert (again.status, "1 table had been done before" in again.stderr) == (0, True)
    assert (target / "p0.csv").stat().st_ino == untouched
    written = [contents(target)[f"p{i}.csv"].splitlines()[1] for i in range(4)]
    assert written == [b"0,0.0,0.0", b"1,1.0,2.0", b"22,484.0,44.0", b"3,9.0,6.0"]
    other = gradcli(["batch", "x**3", *words[2:], "--resume"])
    assert "done before" not in other.stderr
    assert contents(target)["p3.csv"] == b"x,value,d_x\n3,27.0,27.0\n"


def test_of_an_address_without_versions_nothing_is_taken_for_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a web server that tells no more than sizes."""
    pytest.importorskip("fsspec")
    from fsspec.implementations.local import LocalFileSystem

    plain = LocalFileSystem.info
    monkeypatch.setattr(
        LocalFileSystem, "info", lambda *args, **options: {
            name: told for name, told in plain(*args, **options).items() if name in ("name", "size", "type")
        }
    )  # fmt: skip
    (tmp_path / "p.csv").write_text("x\n3\n")
    words = ["batch", "x", f"file://{tmp_path}/p.csv", "-o", f"{tmp_path}/out/", "--no-check", "--resume"]
    assert [gradcli(words).status, gradcli(words).status] == [0, 0]
    assert "done before" not in gradcli(words).stderr

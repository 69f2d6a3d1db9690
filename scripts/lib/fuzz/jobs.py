"""Cases shared among processes, which are watched."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from collections import Counter
from multiprocessing.connection import Connection, wait
from types import ModuleType

from fuzz import commands, peers, programs, search, texts

KINDS: dict[str, tuple[ModuleType, float]] = {
    "texts": (texts, 0.96),
    "programs": (programs, 0.03),
    "commands": (commands, 0.01),
    "peers": (peers, 0.0),
}
"""Each kind with its share of the cases: reading a text takes a tenth of a millisecond, a program forty. What needs
PyTorch is asked for by its name."""

_MEMORY = 4 * 2**30
_SILENCE = 900.0
_MOST = 20
_BATCH = 50


def work(pipe: Connection, kind: str, seed: int, numbers: range) -> None:
    """Run the cases of a process, and tell of each batch before it begins, and of each failure."""
    _bound_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    module = KINDS[kind][0]
    for start in range(0, len(numbers), _BATCH):
        counts: Counter[str] = Counter()
        pipe.send(("begin", numbers[start]))
        for failure in search.run(module, seed, iter(numbers[start : start + _BATCH]), counts):
            pipe.send(("failure", failure))
        pipe.send(("done", counts))
    pipe.send(("end", None))


def _bound_memory() -> None:
    if sys.platform == "linux":
        import resource

        size = _MEMORY + 2**30
        resource.setrlimit(resource.RLIMIT_AS, (size, resource.getrlimit(resource.RLIMIT_AS)[1]))


def run(kind: str, seed: int, cases: int, jobs: int, counts: Counter[str]) -> int:
    """Run the cases of one kind; the number of failures."""
    context = multiprocessing.get_context("spawn")
    pipes: dict[Connection, multiprocessing.process.BaseProcess] = {}
    heard: dict[Connection, tuple[float, int]] = {}
    for job in range(jobs):
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(sender, kind, seed, range(job, cases, jobs)), daemon=True)
        process.start()
        sender.close()
        pipes[receiver] = process
        heard[receiver] = (time.monotonic(), job)
    failures = 0
    while pipes:
        for pipe in [pipe for pipe in wait(list(pipes), timeout=1.0) if isinstance(pipe, Connection)]:
            try:
                word, told = pipe.recv()
            except EOFError:
                word, told = "died", None
            if word == "begin":
                heard[pipe] = (time.monotonic(), told)
            elif word == "done":
                counts.update(told)
            elif word == "failure":
                failures += 1
                if failures <= _MOST:
                    print(told, flush=True)
                heard[pipe] = (time.monotonic(), heard[pipe][1])
            else:
                process = pipes.pop(pipe)
                process.join()
                if word == "died":
                    failures += 1
                    print(f"a process ended with {process.exitcode} after {kind}/{heard[pipe][1]}", flush=True)
        for pipe, process in list(pipes.items()):
            since, number = heard[pipe]
            if time.monotonic() - since > _SILENCE + search.DEADLINE * 3:
                failures += 1
                print(f"no sign of life for {time.monotonic() - since:.0f} s after {kind}/{number}", flush=True)
                process.kill()
                del pipes[pipe]
    return failures

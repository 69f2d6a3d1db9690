"""Programs of many small operations, written once with PyTorch's names, run by gradcli and by PyTorch."""

from __future__ import annotations

import gc
from collections.abc import Callable
from importlib.util import find_spec
from time import process_time
from typing import Any

import numpy as np

import gradcli
from bench.measure import best, row, title
from bench.ops import agree

TARGET = 1.5
GROWTH = (10_000, 100_000, 1_000_000)

Arrays = dict[str, Any]
Program = Callable[..., Any]


def lstm(m: Any, data: Arrays, w: Any, u: Any, b: Any) -> Any:
    """A sequence through an LSTM cell: the squared error of its last state."""
    h, c = data["h"], data["c"]
    for x in data["xs"].unbind():
        gates = x @ w + h @ u + b
        i, f, g, o = gates.chunk(4, 1)
        c = m.sigmoid(f) * c + m.sigmoid(i) * m.tanh(g)
        h = m.sigmoid(o) * m.tanh(c)
    return ((h - data["goal"]) ** 2).mean()


def bundle(m: Any, data: Arrays, cameras: Any, points: Any) -> Any:
    """Bundle adjustment: reprojection errors of points seen by cameras with a rotation vector each."""
    total = 0.0
    for camera, point, seen in data["observations"]:
        p, x = cameras[camera], points[point]
        rotation, translation, focal, k1, k2 = p[:3], p[3:6], p[6], p[7], p[8]
        angle = m.sqrt((rotation * rotation).sum() + 1e-12)
        axis = rotation / angle
        cos, sin = m.cos(angle), m.sin(angle)
        turned = x * cos + m.linalg.cross(axis, x) * sin + axis * (axis * x).sum() * (1 - cos)
        moved = turned + translation
        plane = -moved[:2] / moved[2]
        r2 = (plane * plane).sum()
        error = plane * (focal * (1 + r2 * (k1 + k2 * r2))) - seen
        total = total + (error * error).sum()
    return total


def mixture(m: Any, data: Arrays, weights: Any, means: Any, scales: Any) -> Any:
    """The log-likelihood of a Gaussian mixture, component by component."""
    parts = []
    log_weights = m.log_softmax(weights, 0)
    for k in range(len(means)):
        z = (data["rows"] - means[k]) * m.exp(-scales[k])
        parts.append(log_weights[k] - scales[k].sum() - 0.5 * (z * z).sum(dim=1))
    return m.logsumexp(m.stack(parts), 0).sum()


def kmeans(m: Any, data: Arrays, centres: Any) -> Any:
    """The cost of k-means: squared distances to the nearest centre."""
    total = 0.0
    for rows in data["batches"].split(16):
        apart = rows.unsqueeze(1) - centres.unsqueeze(0)
        total = total + (apart * apart).sum(dim=2).min(dim=1).values.sum()
    return total


def trajectory(m: Any, data: Arrays, start: Any, pull: Any) -> Any:
    """A pendulum by explicit steps, its states stacked."""
    states, s = [], start
    for _ in range(300):
        s = s + 0.01 * m.stack([s[1], -pull[0] * m.sin(s[0]) - pull[1] * s[1]])
        states.append(s)
    return (m.stack(states) ** 2).mean()


def problems() -> dict[str, tuple[Program, Arrays, list[Any]]]:
    """The program, its constants, and the arrays that it is differentiated by."""
    draw = np.random.default_rng(11).normal
    n, h = 16, 32
    sequence = {"xs": draw(size=(64, 4, n)), "h": np.zeros((4, h)), "c": np.zeros((4, h)), "goal": draw(size=(4, h))}
    observations = [(i % 6, i % 40, draw(size=2)) for i in range(200)]
    cameras = draw(size=(6, 9)) * 0.1 + np.array([0, 0, 0, 0, 0, 5.0, 1, 0, 0])
    return {
        "LSTM, 64 steps": (lstm, sequence, [draw(size=(n, 4 * h)) / 4, draw(size=(h, 4 * h)) / 6, draw(size=4 * h)]),
        "bundle adjustment, 200 observations": (
            bundle,
            {"observations": observations},
            [cameras, draw(size=(40, 3))],
        ),
        "Gaussian mixture, 64 components": (
            mixture,
            {"rows": draw(size=(50, 4))},
            [draw(size=64), draw(size=(64, 4)), draw(size=(64, 4)) / 4],
        ),
        "k-means, 100 batches": (kmeans, {"batches": draw(size=(1600, 3))}, [draw(size=(8, 3))]),
        "pendulum, 300 steps": (trajectory, {}, [np.array([1.0, 0.0]), np.array([9.81, 0.1])]),
    }


def run(rounds: int = 9) -> None:
    libraries: dict[str, Any] = {"gradcli": gradcli}
    if find_spec("torch"):
        import torch

        torch.set_num_threads(1)  # of processor time a second thread that waits would take as much again
        libraries["PyTorch eager"] = torch
    title(f"Programs with PyTorch's names: value and gradient; best of {rounds}, processor time")
    for name, problem in problems().items():
        tasks = {library: task(module, *problem) for library, module in libraries.items()}
        found = [made() for made in tasks.values()]
        for gradients in zip(*found, strict=True):
            agree(name, list(gradients))
        seconds = best(tasks, rounds, clock=process_time)
        for library, taken in seconds.items():
            ratio = f"gradcli is {seconds['gradcli'] / taken:.2f} x" if library != "gradcli" else ""
            row(f"{name}: {library}", f"{taken * 1e3:.2f} ms", ratio, f"target <= {TARGET} x" if ratio else "")
    growth()


def task(module: Any, program: Program, data: Arrays, points: list[Any]) -> Callable[[], list[Any]]:
    def own(value: Any) -> Any:
        if isinstance(value, list):
            return [(i, j, module.tensor(seen)) for i, j, seen in value]
        return module.tensor(value)

    constants = {key: own(value) for key, value in data.items()}

    def run_once() -> list[Any]:
        leaves = [module.tensor(point, requires_grad=True) for point in points]
        program(module, constants, *leaves).backward()
        return [leaf.grad for leaf in leaves]

    return run_once


def growth() -> None:
    title("Time per operation of a program of n scalar operations with views: forward and backward, gc disabled")
    before = 0.0
    for n in GROWTH:
        gc.disable()  # as `timeit` measures
        seconds = best({"walk": lambda n=n: walk(n)}, 1 if n > 100_000 else 3, warmup=0, clock=process_time)["walk"]
        gc.enable()
        told = f"{seconds / n / before:.2f} x the row above" if before else ""
        row(f"{n:,} operations", f"{seconds / n * 1e6:.2f} us", told, "target: constant" if told else "")
        before = seconds / n


def walk(n: int) -> None:
    x = gradcli.tensor([0.5, 0.25], requires_grad=True)
    a, b = x
    for _ in range(n // 2):
        a = a * x[1] + b
    a.backward()

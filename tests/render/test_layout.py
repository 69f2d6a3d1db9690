"""Layouts of graphs: nothing lies on another thing, every input has its line, and large ones take a moment."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import numpy as np
import pytest
from scipy.optimize import isotonic_regression

from gradcli.render.pictures.coordinates import spread
from gradcli.render.pictures.geometry import Layout, Point, Route, Size
from gradcli.render.pictures.layers import Layers, layers_of
from gradcli.render.pictures.layout import layered
from gradcli.render.pictures.ordering import crossings, untangle


def random_inputs(nodes: int, seed: int, reach: int = 40) -> list[tuple[int, ...]]:
    """A graph in which every node but the last serves another."""
    rng = random.Random(seed)
    inputs: list[list[int]] = [[] for _ in range(nodes)]
    for node in range(nodes - 1):
        inputs[rng.randrange(node + 1, min(nodes, node + reach))].append(node)
    for node in range(3, nodes):
        if rng.random() < 0.4:
            inputs[node].append(rng.randrange(max(0, node - reach), node))
    return [tuple(sources) for sources in inputs]


def sizes_for(inputs: Sequence[object], seed: int = 0) -> list[Size]:
    rng = random.Random(seed)
    return [Size(rng.choice([60, 120, 200]), rng.choice([40, 80])) for _ in inputs]


def lies_on(point: Point, way: Route) -> bool:
    """Whether a line branches off another at an end or a straight part of one of its pieces."""
    x, y = point
    return any(
        point in (start, end) or (x == start[0] == end[0] and start[1] <= y <= end[1])
        for start, end in itertools.pairwise(way[::3])
    )


def check(found: Layout, sizes: Sequence[Size], inputs: Sequence[Sequence[int]]) -> None:
    """Boxes lie apart and inside the picture; lines go down from their source to a box for each of its inputs."""
    boxes = [(x - s.width / 2, y - s.height / 2, x + s.width / 2, y + s.height / 2)
             for (x, y), s in zip(found.centres, sizes, strict=True)]  # fmt: skip
    for left, top, right, bottom in boxes:
        assert left >= 0
        assert top >= 0
        assert right <= found.size.width + 0.1
        assert bottom <= found.size.height + 0.1
    for a, b in itertools.combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    arriving: dict[int, list[int]] = {}
    for wire in found.wires:
        ys = [y for _, y in wire.route[::3]]
        assert ys == sorted(ys)
        assert len(wire.route) % 3 == 1
        if wire.target is not None:
            arriving.setdefault(wire.target, []).append(wire.source)
            x, y = wire.route[-1]
            left, top, right, _ = boxes[wire.target]
            assert left < x < right
            assert y == pytest.approx(top, abs=0.11)
        ways = [w.route for w in found.wires if w.source == wire.source and w.target is None]
        below = (found.centres[wire.source][0], boxes[wire.source][3])
        assert wire.route[0] == pytest.approx(below, abs=0.11) or any(lies_on(wire.route[0], way) for way in ways)
    assert {node: sorted(sources) for node, sources in arriving.items()} == {
        node: sorted(sources) for node, sources in enumerate(inputs) if sources
    }


@pytest.mark.parametrize("seed", range(12))
def test_boxes_lie_apart_and_each_input_has_its_line(seed: int) -> None:
    inputs = random_inputs(10 + 12 * seed, seed)
    sizes = sizes_for(inputs, seed)
    check(layered(sizes, inputs), sizes, inputs)


@pytest.mark.parametrize("seed", range(6))
def test_a_long_line_passes_beside_boxes(seed: int) -> None:
    inputs = random_inputs(60, seed)
    sizes = sizes_for(inputs, seed)
    found = layered(sizes, inputs)
    passing = 0
    for wire in found.wires:
        for (x, y), (to, down) in itertools.pairwise(wire.route[::3]):
            if x != to:
                continue
            for (cx, cy), size in zip(found.centres, sizes, strict=True):
                if y < cy < down:
                    passing += 1
                    assert abs(x - cx) >= size.width / 2
    assert passing > 20 or seed


def test_nodes_are_above_all_that_they_serve() -> None:
    inputs = random_inputs(100, 5)
    found = layered(sizes_for(inputs), inputs)
    for node, sources in enumerate(inputs):
        for source in sources:
            assert found.centres[source][1] < found.centres[node][1]


def test_a_tree_has_no_crossings() -> None:
    inputs: list[tuple[int, ...]] = [()] * 16 + [(2 * i, 2 * i + 1) for i in range(15)]
    layers = layers_of(inputs)
    assert crossings(layers) == 0
    found = layered([Size(50, 30)] * 31, inputs)
    assert found.centres[30][0] == pytest.approx(found.size.width / 2, abs=1)
    for node in range(16, 31):
        middle = np.mean([found.centres[source][0] for source in inputs[node]])
        assert found.centres[node][0] == pytest.approx(middle, abs=1)


def crossed(layers: Layers) -> int:
    """The same count by looking at every pair."""
    total = 0
    for row, following in itertools.pairwise(layers.rows):
        at = {item: i for i, item in enumerate(following)}
        lines = [(i, at[other]) for i, item in enumerate(row) for other in layers.below[item] if other in at]
        total += sum((a - c) * (b - d) < 0 for (a, b), (c, d) in itertools.combinations(lines, 2))
    return total


@pytest.mark.parametrize("seed", range(8))
def test_crossings_are_counted_and_become_no_more(seed: int) -> None:
    layers = layers_of(random_inputs(40, seed))
    before = crossings(layers)
    assert before == crossed(layers)
    untangle(layers)
    assert crossings(layers) == crossed(layers) <= before


def test_untangling_helps() -> None:
    before = after = 0
    for seed in range(8):
        layers = layers_of(random_inputs(60, seed))
        for row in layers.rows:
            random.Random(seed).shuffle(row)
        before += crossings(layers)
        untangle(layers)
        after += crossings(layers)
    assert after < before / 2


@pytest.mark.parametrize("seed", range(10))
def test_places_are_the_nearest_as_scipy_finds_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    wanted, weights, gaps = rng.normal(0, 50, 30), rng.uniform(0.1, 5, 30), rng.uniform(1, 20, 29)
    offsets = np.concatenate([[0], np.cumsum(gaps)])
    best = isotonic_regression(wanted - offsets, weights=weights).x + offsets
    assert spread(wanted.tolist(), weights.tolist(), gaps.tolist()) == pytest.approx(best)


def test_a_long_chain_runs_straight_down_with_its_terms_beside_it() -> None:
    terms = 200  # ((t0 + t1) + t2) + ...
    inputs: list[tuple[int, ...]] = [()] * terms
    inputs += [(0, 1), *((terms + i - 1, i + 1) for i in range(1, terms - 1))]
    found = layered([Size(100, 40)] * len(inputs), inputs)
    assert found.size.width < 1000
    assert found.size.height > 199 * 80


def test_points_on_the_way_are_bounded() -> None:
    count = 400
    inputs: list[tuple[int, ...]] = [()] * count + [(count + i - 1 if i else 0, i) for i in range(count)]
    inputs += [(2 * count + i - 1, i) for i in range(count)]
    layers = layers_of(inputs, most_points=5_000)
    assert len(layers.owners) - len(inputs) <= 5_000
    assert sum(len(row) for row in layers.rows) == len(layers.owners)
    assert len(layers.ends) == sum(map(len, inputs))


def test_a_graph_deeper_than_python_recurses() -> None:
    inputs: list[tuple[int, ...]] = [()] + [(i,) for i in range(4_000)]
    assert len(layered([Size(50, 30)] * 4_001, inputs).wires) == 4_000


def test_the_same_graph_is_laid_out_the_same() -> None:
    inputs = random_inputs(80, 1)
    assert layered(sizes_for(inputs), inputs) == layered(sizes_for(inputs), inputs)

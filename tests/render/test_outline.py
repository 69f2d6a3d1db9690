"""Which nodes of a graph are drawn, where, and what is counted."""

from __future__ import annotations

from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from gradcli.render.words.outline import NODES, outline
from gradcli.transforms.results.graph import GraphNode
from tests.render import samples


def drawn(nodes: tuple[GraphNode, ...], **limits: int) -> list[str]:
    return [
        f"{len(line.branches)} {line.kind} {line.number}" + ("" if line.above else " below")
        for line in outline(nodes, **limits).lines
    ]


def node(*inputs: int) -> GraphNode:
    return samples.computed("Add", "", 1.0, inputs) if inputs else samples.leaf("x", 1.0, 1.0)


def test_a_node_is_drawn_where_it_is_met_first() -> None:
    assert drawn(samples.PRODUCT.nodes) == [
        "0 node 5",
        "1 node 2",
        "2 node 0",
        "2 node 1",
        "1 node 4",
        "2 again 0",
        "2 node 3",
    ]


def test_branches_tell_whether_siblings_follow() -> None:
    lines = outline(samples.PRODUCT.nodes).lines
    assert [line.branches for line in lines] == [
        (),
        (True,),
        (True, True),
        (True, False),
        (False,),
        (False, True),
        (False, False),
    ]


def test_a_cut_counts_each_hidden_node_once() -> None:
    assert drawn(samples.PRODUCT.nodes, depth=1) == [
        "0 node 5",
        "1 node 2",
        "2 hidden 2",
        "1 node 4",
        "2 hidden 1",
    ]
    assert drawn(samples.PRODUCT.nodes, depth=0) == ["0 node 5", "1 hidden 5"]


def test_what_a_cut_hides_may_be_drawn_below() -> None:
    nodes = (node(), node(0), node(1, 0), node(2, 1))
    assert drawn(nodes, depth=1) == ["0 node 3", "1 node 2", "2 again 1 below", "2 hidden 1", "1 node 1", "2 hidden 0"]


def test_a_cut_whose_inputs_are_all_drawn_below_hides_nothing() -> None:
    assert drawn((node(), node(0), node(1, 0)), depth=1) == ["0 node 2", "1 node 1", "2 again 0 below", "1 node 0"]


def test_the_limit_keeps_what_is_near_the_result() -> None:
    nodes = (*[node()] * 9, node(*range(8)), node(9, 8))
    assert drawn(nodes, limit=4) == ["0 node 10", "1 node 9", "2 node 0", "2 hidden 7", "1 node 8"]


def test_nodes_that_the_result_does_not_depend_on_are_not_counted() -> None:
    found = outline((node(), node(), node(0)))
    assert (found.shown, found.total) == (2, 2)


def test_a_long_chain_is_quick_and_deep() -> None:
    start = process_time()
    found = outline(samples.chain(50_000).nodes)
    assert process_time() - start < 5
    assert (found.shown, found.total) == (NODES, 50_000)
    assert found.lines[-1].kind == "hidden"
    assert found.lines[-1].number == 50_000 - NODES


def test_a_ladder_of_shared_nodes_is_linear() -> None:
    nodes = (node(), *[node(i, i) for i in range(5_000)])
    found = outline(nodes, limit=10_000)
    assert (found.shown, found.total) == (5_001, 5_001)
    assert len(found.lines) == 10_001


@st.composite
def graphs(draw: st.DrawFn) -> tuple[GraphNode, ...]:
    size = draw(st.integers(1, 12))
    inputs = [draw(st.lists(st.integers(0, i - 1), max_size=3)) if i else [] for i in range(size)]
    return tuple(node(*i) for i in inputs)


@given(nodes=graphs(), depth=st.none() | st.integers(0, 5), limit=st.integers(1, 12))
def test_every_node_is_drawn_once_or_counted_once(nodes: tuple[GraphNode, ...], depth: int | None, limit: int) -> None:
    reachable = {len(nodes) - 1}
    for i in range(len(nodes) - 1, -1, -1):
        if i in reachable:
            reachable.update(nodes[i].inputs)
    found = outline(nodes, depth, limit)
    shown = [line.number for line in found.lines if line.kind == "node"]
    hidden = sum(line.number for line in found.lines if line.kind == "hidden")
    assert len(shown) == len(set(shown)) == found.shown <= limit
    assert set(shown) <= reachable
    assert found.shown + hidden == found.total == len(reachable)
    assert depth is None or all(len(line.branches) <= depth for line in found.lines if line.kind == "node")


@given(nodes=graphs(), depth=st.none() | st.integers(0, 5), limit=st.integers(1, 12))
def test_references_point_where_they_say(nodes: tuple[GraphNode, ...], depth: int | None, limit: int) -> None:
    lines = outline(nodes, depth, limit).lines
    place = {line.number: i for i, line in enumerate(lines) if line.kind == "node"}
    for i, line in enumerate(lines):
        if line.kind == "again":
            assert (place[line.number] < i) == line.above


@given(nodes=graphs(), depth=st.none() | st.integers(0, 5), limit=st.integers(1, 12))
def test_the_last_child_has_no_sibling_after_it(nodes: tuple[GraphNode, ...], depth: int | None, limit: int) -> None:
    lines = outline(nodes, depth, limit).lines
    for line, after in zip(lines, [*lines[1:], None], strict=True):
        level = len(after.branches) if after is not None else 0
        assert not any(line.branches[level:])
        if after is not None and 0 < level <= len(line.branches):
            assert line.branches[level - 1]
            assert after.branches[: level - 1] == line.branches[: level - 1]

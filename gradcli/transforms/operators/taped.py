"""A program that was computed, its steps by name, and what its backward pass meets told by these names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from gradcli.engine.sweeps.subgraph import Slot
from gradcli.engine.sweeps.watched import Arrival
from gradcli.engine.tape.node import Node
from gradcli.engine.tape.tensor import Tensor, unwrap
from gradcli.lang import Name
from gradcli.ops import TABLE
from gradcli.transforms.kinks.detect import KinkDetector
from gradcli.transforms.operators.road import Computed
from gradcli.transforms.program.execute import execute, leaves
from gradcli.transforms.program.finite import is_finite
from gradcli.transforms.program.listing import Listed, Listing, slots
from gradcli.transforms.program.local_rules import LocalRule, local_rule
from gradcli.transforms.program.prepare import Prepared
from gradcli.transforms.results.explanation import BackwardStep, ForwardStep
from gradcli.transforms.results.value import Value, plain, whole

__all__ = ["Tape", "Teller"]


class Tape(NamedTuple):
    """A program that was computed, with its steps by name."""

    prepared: Prepared
    tensors: dict[str, Tensor]
    value: Tensor
    steps: list[Listed]
    names: dict[Slot, str]
    by_name: dict[str, Listed]
    kinks: dict[int, str]
    called: str

    @classmethod
    def of(cls, prepared: Prepared) -> Tape:
        """Compute a program and keep its steps."""
        listing, detector, tensors = Listing(prepared.program), KinkDetector(prepared.program), leaves(prepared)
        looked = detector.observer

        def observe(node: Any, args: list[Any], keywords: dict[str, Any], value: Any) -> None:
            listing.observe(node, args, keywords, value)
            if looked is not None:
                looked(node, args, keywords, value)

        value = execute(prepared.program, tensors, observe, listing.assigned, listing.chosen)
        called = Computed(prepared, tensors, value).outputs.called
        steps = listing.steps(called)
        if steps and isinstance(steps[-1].value, Tensor) and steps[-1].value is not value:
            steps[-1] = steps[-1]._replace(value=value)  # truth values, as numbers
        kinks = {id(found.node): TABLE[found.node.function].convention for found in detector.found}
        by_name = {step.name: step for step in steps}
        return cls(prepared, tensors, value, steps, slots(steps), by_name, kinks, called)

    @property
    def result(self) -> str:
        """The name of the result's step."""
        return self.steps[-1].name if self.steps else self.called

    def targets(self) -> dict[str, Tensor]:
        """The variables that are differentiated by."""
        return {name: self.tensors[name] for name in self.prepared.wrt}

    def forward(self) -> Iterator[ForwardStep]:
        """The value step by step."""
        source = self.prepared.program.source
        for step in self.steps:
            value, tree = step.value, step.tree
            moves = isinstance(value, Tensor) and value.requires_grad
            variable = isinstance(tree, Name) and moves
            shown = whole if isinstance(tree, Name) and tree.id in self.prepared.positions else plain
            yield ForwardStep(
                step.name,
                step.expression,
                getattr(tree.span, "text", "") or source[tree.span[0] : tree.span[1]],
                value.grad_fn.name() if isinstance(value, Tensor) and value.grad_fn is not None else "",
                shown(unwrap(value)),
                "variable" if variable else "operation" if moves else "constant",
                self.note_of(step),
            )

    def note_of(self, step: Listed) -> str:
        """That a step is at a kink, or where a number that is not finite arose."""
        told = []
        if id(step.tree) in self.kinks:
            told.append(f"at a kink: {self.kinks[id(step.tree)]}")
        if not is_finite(step.value):
            refers = [self.by_name[tree.id] for tree in step.given.values() if isinstance(tree, Name)
                      and tree.id in self.by_name]  # fmt: skip
            if all(is_finite(given.value) for given in refers):
                told.append("not finite here first")
        return "; ".join(told)


class Teller:
    """Tells of what arrives by the names of the steps."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self._rules: dict[tuple[int, int], LocalRule] = {}
        self._outputs: dict[int, dict[int, str]] = {}
        for (key, output), name in tape.names.items():
            self._outputs.setdefault(key, {})[output] = name

    def step(self, arrival: Arrival) -> BackwardStep:
        """One step backward."""
        node = arrival.node
        assert node is not None
        outputs = self._outputs.get(node.key, {})
        name = ", ".join(outputs[i] for i in sorted(outputs)) or node.name()
        rule = self._rule(node, arrival.argument, name)
        given = plain(unwrap(arrival.contribution))
        partial = self._partial(node, arrival.argument)
        cotangent = self._cotangent(arrival.cotangent, outputs)
        return BackwardStep(
            name,
            node.name(),
            cotangent,
            self.tape.names.get(arrival.slot, "(inner)"),
            *rule,
            partial,
            given,
            plain(unwrap(arrival.total)),
            self._note(node, cotangent, given),
        )

    def _listed(self, node: Node) -> Listed | None:
        outputs = self._outputs.get(node.key)
        return None if not outputs else self.tape.by_name[outputs[min(outputs)]]

    def _rule(self, node: Node, argument: int, name: str) -> LocalRule:
        key = node.key, argument
        if key not in self._rules:
            step = self._listed(node)
            given = {} if step is None else step.given
            sizes = dict(zip(node.rule.op.params, node.shapes, strict=False))
            ranks: dict[str | int, int] = {param: len(shape) for param, shape in sizes.items()}
            if not node.shapes and len(node.rule.op.params) == 1 and step is not None:
                ranks = {node.rule.op.params[0]: np.ndim(unwrap(step.value))}
            self._rules[key] = local_rule(node, argument, given, name, ranks)
        return self._rules[key]

    def _partial(self, node: Node, argument: int) -> Value | None:
        """The rule's factor as numbers: what it makes of a cotangent of ones, where that is the derivative."""
        step, rule = self._listed(node), node.rule
        if step is None or rule.multi_output:
            return None
        shape = np.shape(unwrap(step.value))
        if not rule.elementwise and (int(np.prod(shape, dtype=int)) != 1 or rule.variadic):
            return None
        ones = np.ones(shape)[()]
        with np.errstate(all="ignore"):
            return plain(rule.vjps[argument](ones, node.out, node.inputs, node.shapes, node.statics))

    def _cotangent(self, cotangent: Any, outputs: Mapping[int, str]) -> Value | dict[str, Value]:
        if isinstance(cotangent, Mapping):
            cotangent = [cotangent.get(i) for i in range(1 + max(cotangent))]
        if isinstance(cotangent, list):
            parts = enumerate(cotangent)
            return {outputs.get(i, f"output {i}"): plain(unwrap(part)) for i, part in parts if part is not None}
        return plain(unwrap(cotangent))

    def _note(self, node: Node, cotangent: Any, contribution: Value) -> str:
        step = self._listed(node)
        told = []
        if step is not None and id(step.tree) in self.tape.kinks:
            told.append(f"at a kink: {self.tape.kinks[id(step.tree)]}")
        arrived = [*cotangent.values()] if isinstance(cotangent, dict) else [cotangent]
        if not is_finite(contribution) and is_finite(*arrived):
            told.append("not finite here first")
        return "; ".join(told)

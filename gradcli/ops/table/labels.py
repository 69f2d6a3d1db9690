"""Operations on whole numbers that name classes, and losses made of them."""

from __future__ import annotations

from gradcli.ops.entry.declare import composite, constructor
from gradcli.ops.entry.op import Op

ENTRIES: tuple[Op, ...] = (
    constructor("one_hot(; indices, n)", "ops.labels.one_hot", output_size="ops.size_rules.one_hot",
                doc="For each whole number a row of n numbers, 1 at its place and 0 elsewhere."),
    constructor("class_labels(; indices)", "ops.labels.class_labels", output_size="ops.size_rules.class_labels",
                doc="Whole numbers from 0 up, as an index."),
    composite("cross_entropy(x, target)", "ops.labels.cross_entropy",
              "-log_softmax(x)[target], or -sum(target*log_softmax(x))",
              doc="A classifier's loss, the mean of -log(softmax(x)) at the target: whole numbers for classes, or "
                  "probabilities; classes are along the second axis, of a vector along its only one, as in PyTorch."),
)  # fmt: skip

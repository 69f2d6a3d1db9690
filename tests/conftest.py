"""Of all tests: which are slow, which one asks for a peer's recorded answers, and where their children come from."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.warm import warm_start

TOP = Path(__file__).parents[1]

SLOW = (
    "tests/cli/test_batch.py",
    "tests/cli/test_cache.py",
    "tests/cli/test_claims.py",
    "tests/cli/test_cluster.py",
    "tests/cli/test_completion.py",
    "tests/cli/test_early_answer.py",
    "tests/cli/test_interrupts.py",
    "tests/cli/test_memory.py",
    "tests/cli/test_nan_threads.py",
    "tests/cli/test_odd_input.py",
    "tests/cli/test_pager.py",
    "tests/cli/test_process.py",
    "tests/cli/test_streams.py",
    "tests/cli/test_timeout.py",
    "tests/conformance/test_against_python.py",
    "tests/conformance/test_edges.py",
    "tests/conformance/test_nothing_is_lost.py",
    "tests/conformance/test_once_wrong.py",
    "tests/enclosures/test_decompositions.py",
    "tests/enclosures/test_enclose.py",
    "tests/enclosures/test_prover.py",
    "tests/engine/test_gradcheck.py",
    "tests/formulas/test_cost.py",
    "tests/formulas/test_diff.py",
    "tests/lang/test_against_python.py",
    "tests/lang/test_depth.py",
    "tests/lang/test_fuzz.py",
    "tests/lang/test_spelling_fuzz.py",
    "tests/lang/test_unparse.py",
    "tests/lang/test_unroll.py",
    "tests/onesided/test_against_limits.py",
    "tests/ops/test_elementwise.py",
    "tests/ops/test_facts.py",
    "tests/ops/test_last_digits.py",
    "tests/ops/test_sizes.py",
    "tests/render/test_array_code.py",
    "tests/render/test_code.py",
    "tests/render/test_page.py",
    "tests/render/test_terminal.py",
    "tests/symbolic/test_corpora.py",
    "tests/symbolic/test_forked.py",
    "tests/symbolic/test_inquiries.py",
    "tests/symbolic/test_lifetime.py",
    "tests/symbolic/test_oracle.py",
    "tests/symbolic/test_recall.py",
    "tests/test_docs.py",
    "tests/test_fuzz.py",
    "tests/test_packaging.py",
    "tests/test_wayin.py",
    "tests/transforms/test_array_operations.py",
    "tests/transforms/test_ask.py",
    "tests/transforms/test_check.py",
    "tests/transforms/test_claims.py",
    "tests/transforms/test_corpora.py",
    "tests/transforms/test_differences.py",
    "tests/transforms/test_higher_orders.py",
    "tests/transforms/test_proof.py",
    "tests/transforms/test_remedies.py",
    "tests/transforms/test_second_orders.py",
    "tests/transforms/test_series.py",
    "tests/transforms/test_several.py",
    "tests/transforms/test_sums_of_squares.py",
    "tests/transforms/test_value_witness.py",
    "tests/transforms/test_witnesses.py",
)
"""Modules whose tests start processes, ask SymPy or go through corpora: two seconds or more of one core each."""

# No test takes what another run has left, or leaves something to the next.
os.environ["GRADCLI_CACHE"] = ""

# Not imported here: it imports NumPy, whose threads keep a process from being forked, which is tested too.
RECORDED = "tests.recorded"


def pytest_configure(config: pytest.Config) -> None:
    """Have the hooks of `Children` called for the package's own examples too; let Hypothesis wait on a busy machine."""
    config.pluginmanager.register(Children())
    if config.pluginmanager.has_plugin("hypothesispytest"):
        from hypothesis import settings

        settings.register_profile("patient", deadline=None)
        settings.load_profile("patient")


class Children:
    """Where the children of tests and examples come from."""

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        warm_start(item)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow."""
    gone = [path for path in SLOW if not (TOP / path).is_file()]
    if gone:
        raise pytest.UsageError(f"tests/conftest.py calls slow what is not there: {', '.join(gone)}")
    for item in items:
        if item.nodeid.partition("::")[0] in SLOW:
            item.add_marker("slow")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tell the records which test asks from now on."""
    if RECORDED in sys.modules:
        sys.modules[RECORDED].begin(item.nodeid)


def pytest_sessionfinish() -> None:
    """Write the records, if they are made anew."""
    if RECORDED in sys.modules:
        sys.modules[RECORDED].write()

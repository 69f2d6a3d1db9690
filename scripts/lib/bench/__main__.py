"""Run the sections named on the command line, or all."""

import sys
import time

from bench import (
    batch,
    commands,
    engine,
    formulas,
    gradients,
    growth,
    lengths,
    matrices,
    measure,
    ops,
    orders,
    parser,
    programs,
)
from bench.measure import PAGE

SECTIONS = {
    "commands": commands.run,
    "parser": parser.run,
    "engine": engine.run,
    "ops": ops.run,
    "programs": programs.run,
    "gradients": gradients.run,
    "jacobian": matrices.jacobian,
    "hessian": matrices.hessian,
    "sparse": matrices.sparse,
    "orders": orders.run,
    "formulas": formulas.run,
    "growth": growth.run,
    "batch": batch.run,
    "lengths": lengths.run,
}
LONG = ("lengths",)
"""Named alone: SymPy's `simplify` takes some ten minutes there, and nothing is measured in seconds."""

CALLED = {"startup": "commands", "gradient": "gradients"}
OPTIONS = ("--write", "--quick")


def main(words: list[str]) -> None:
    """Run the sections, tell how long each took, and write the page where it is wanted."""
    measure.QUICK = "--quick" in words
    named = [CALLED.get(word, word) for word in words if word not in (*OPTIONS, "all")]
    for name in named:
        if name not in SECTIONS:
            sys.exit(f"bench: there is no section '{name}'; the sections are {', '.join(SECTIONS)}")
    if measure.QUICK and "--write" in words:
        sys.exit("bench: figures of --quick are not for the page")
    took = {}
    for name in named or [name for name in SECTIONS if name not in LONG]:
        PAGE.section(name)
        began = time.perf_counter()
        SECTIONS[name]()
        took[name] = time.perf_counter() - began
        if "--write" in words:
            PAGE.write()  # section by section: one that fails takes nothing away from those before it
    print("\nseconds:", ", ".join(f"{name} {seconds:.0f}" for name, seconds in took.items()))


main(sys.argv[1:])

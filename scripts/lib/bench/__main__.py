"""Run the sections named on the command line, or all."""

import sys

from bench import batch, commands, engine, formulas, gradients, lengths, matrices, ops, parser, programs
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
    "formulas": formulas.run,
    "lengths": lengths.run,
    "batch": batch.run,
}

write = "--write" in sys.argv
for name in [word for word in sys.argv[1:] if word != "--write"] or SECTIONS:
    if name not in SECTIONS:
        sys.exit(f"bench: there is no section '{name}'; the sections are {', '.join(SECTIONS)}")
    PAGE.section(name)
    SECTIONS[name]()
if write:
    PAGE.write()

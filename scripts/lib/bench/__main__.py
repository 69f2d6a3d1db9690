"""Run the sections named on the command line, or all."""

import sys

from bench import batch, commands, engine, formulas, gradients, parser

SECTIONS = {
    "commands": commands.run,
    "parser": parser.run,
    "engine": engine.run,
    "gradients": gradients.run,
    "formulas": formulas.run,
    "batch": batch.run,
}

for name in sys.argv[1:] or SECTIONS:
    if name not in SECTIONS:
        sys.exit(f"bench: there is no section '{name}'; the sections are {', '.join(SECTIONS)}")
    SECTIONS[name]()

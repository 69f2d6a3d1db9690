"""The command: so many cases of each kind, and what came of them."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
import time
from collections import Counter

from fuzz import search
from fuzz.jobs import KINDS, run


def main() -> int:
    """The command; its exit status is 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="fuzz", description="Throw random input at gradcli.")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=datetime.date.today().toordinal())
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--kind", choices=KINDS, help="one kind alone")
    parser.add_argument("--only", metavar="KIND/NUMBER", help="one case alone")
    options = parser.parse_args()
    if options.only:
        kind, _, number = options.only.partition("/")
        found = list(search.run(KINDS[kind][0], options.seed, iter([int(number)]), Counter()))
        print(*found or ["it holds: " + KINDS[kind][0].show(search.case_of(KINDS[kind][0], options.seed, int(number)))])
        return 1 if found else 0
    shares = {options.kind: 1.0} if options.kind else {name: share for name, (_, share) in KINDS.items()}
    begin = time.monotonic()
    counts: Counter[str] = Counter()
    failures = 0
    for kind, share in shares.items():
        missing = getattr(KINDS[kind][0], "missing", str)()
        if missing or not share:
            print(f"{kind} left out: {missing or 'ask for it by --kind ' + kind}")
            continue
        failures += run(kind, options.seed, round(options.cases * share), options.jobs, counts)
    for ending, count in sorted(counts.items()):
        print(f"{count:>10,}  {ending}")
    told = f"{failures} failures" if failures else "every property held"
    print(f"{sum(counts.values()):>10,}  cases of seed {options.seed} in {time.monotonic() - begin:.0f} s: {told}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

"""Every spelling of every function against Python: the same value, both refuse, or a difference that is listed."""

from __future__ import annotations

import argparse
import warnings

from tests.conformance.compare import compare, explained, report
from tests.conformance.spellings import spellings
from trust._tell import title


def main(words: list[str]) -> int:
    """Print how many there are of each, and those that are not listed; 1 if there is one."""
    argparse.ArgumentParser(prog="scripts/trust spellings", description=(__doc__ or "").splitlines()[0]).parse_args(
        words
    )
    title("Spellings of every function, by the language and by Python")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = list(compare(spellings()))
    print(*report(found), sep="\n")
    unknown = [c for c in found if explained(c) is None]
    for c in unknown:
        print(f"NOT LISTED  {c.spelling.ours}: {c.outcome}: {c.told}")
    return 1 if unknown else 0

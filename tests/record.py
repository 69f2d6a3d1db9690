"""Ask the peers anew and write their answers to `tests/data`: `python -m tests.record`, with all of them installed."""

from __future__ import annotations

import os
import sys

import pytest

from tests.recorded import FOLDER, RECORDING, installed

PEERS = ("jax", "torch")
ASKING = ("tests/engine", "tests/ops/test_peers.py")
"""Where the tests are that compare with a peer."""


def main() -> int:
    """Run the tests that ask; 0 if they pass."""
    missing = [peer for peer in PEERS if not installed(peer)]
    if missing:
        print(f"not installed: {', '.join(missing)} (scripts/test --peers installs them)", file=sys.stderr)
        return 2
    for path in [path for peer in PEERS for path in (FOLDER / peer).glob("*.jsonl")]:
        path.unlink()
    os.environ[RECORDING] = "1"
    return pytest.main(["-q", *ASKING])


if __name__ == "__main__":
    sys.exit(main())

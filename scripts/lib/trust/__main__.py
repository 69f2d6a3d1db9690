"""`scripts/trust FIGURE`: each figure is a module of this package with a `main(words)`."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def main() -> int:
    known = sorted(p.stem for p in Path(__file__).parent.glob("*.py") if not p.stem.startswith("_"))
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    if word not in known:
        print(f"usage: scripts/trust {'|'.join(known)} [OPTIONS]", file=sys.stderr)
        return 2
    status: int = import_module(f"trust.{word}").main(sys.argv[2:])
    return status


if __name__ == "__main__":
    sys.exit(main())

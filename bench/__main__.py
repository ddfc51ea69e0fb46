"""`python -m bench` runs every measurement, `python -m bench week_query` one of them."""

from __future__ import annotations

import importlib
import sys

from bench.report import as_table

NAMES = ("start_up", "keys", "week_query", "find", "notices", "burst", "growth", "two_workers", "ending")


def main() -> int:
    """Run what is named, or all, and print one table each."""
    names = sys.argv[1:] or NAMES
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        print(f"There is no measurement called {', '.join(unknown)}: choose {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    for name in names:
        print(f"\n## {name}\n", flush=True)
        print(as_table(importlib.import_module(f"bench.{name}").run()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

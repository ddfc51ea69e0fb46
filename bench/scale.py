"""How much is measured: less of it by the environment, to see in a minute that a measurement works.

`STUDIO_BENCH_MESSAGES` are due at once, `STUDIO_BENCH_SESSIONS` and `STUDIO_BENCH_DELIVERIES` are in a studio that grew, on
each of the `STUDIO_BENCH_ENGINES`.
"""

from __future__ import annotations

import os

MESSAGES = int(os.environ.get("STUDIO_BENCH_MESSAGES", "5000"))
SESSIONS = int(os.environ.get("STUDIO_BENCH_SESSIONS", "1000000"))
DELIVERIES = int(os.environ.get("STUDIO_BENCH_DELIVERIES", "10000000"))
ENGINES = os.environ.get("STUDIO_BENCH_ENGINES", "SQLite PostgreSQL").split()

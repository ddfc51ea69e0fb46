"""How much is measured: less of it by the environment, to see in a minute that a measurement works.

`STUDIO_BENCH_MESSAGES` are due at once, `STUDIO_BENCH_SESSIONS` and `STUDIO_BENCH_DELIVERIES` are in a studio that grew, on
each of the `STUDIO_BENCH_ENGINES`. On a machine that is busy with something else, a longer `STUDIO_BENCH_ROUND_TRIP_MS` makes
round trips count again, as 20 ms do where nothing else runs.
"""

from __future__ import annotations

import os

MESSAGES = int(os.environ.get("STUDIO_BENCH_MESSAGES", "5000"))
SESSIONS = int(os.environ.get("STUDIO_BENCH_SESSIONS", "1000000"))
DELIVERIES = int(os.environ.get("STUDIO_BENCH_DELIVERIES", "10000000"))
ENGINES = os.environ.get("STUDIO_BENCH_ENGINES", "SQLite PostgreSQL").split()
ROUND_TRIP_S = float(os.environ.get("STUDIO_BENCH_ROUND_TRIP_MS", "20")) / 1000

"""The worker's own clock: seconds that never go back and do not stop while the machine sleeps."""

from __future__ import annotations

import time

_BOOT = getattr(time, "CLOCK_BOOTTIME", None)


def seconds() -> float:
    """Seconds since some fixed moment. A lease that ran out during suspend has run out here, too (Linux)."""
    return time.monotonic() if _BOOT is None else time.clock_gettime(_BOOT)

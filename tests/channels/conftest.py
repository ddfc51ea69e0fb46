from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.doubles.smtp_sink import SmtpSink


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with SmtpSink() as running:
        yield running

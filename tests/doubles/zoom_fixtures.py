"""The fixture `zoom`: a double of Zoom, fresh for each test, that fails a test whose requests break Zoom's rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.doubles.zoom_double import ZoomDouble


@pytest.fixture(scope="session")
def _zoom_server() -> Iterator[ZoomDouble]:
    from tests.doubles.zoom_double import ZoomDouble

    double = ZoomDouble()
    double.start()
    yield double
    double.stop()


@pytest.fixture
def zoom(_zoom_server: ZoomDouble) -> Iterator[ZoomDouble]:
    """Zoom, with one host and no meetings."""
    _zoom_server.reset()
    yield _zoom_server
    assert _zoom_server.violations == []

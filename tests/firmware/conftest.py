"""The mask ROM, for all its tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.firmware.rom import Rom


@pytest.fixture(scope="module")
def rom() -> Iterator[Rom]:
    rom = Rom()
    # What one test leaves pending is no other's.
    rom.call("CPUcpsid")
    yield rom
    rom.machine.close()


@pytest.fixture
def fresh() -> Iterator[Rom]:
    rom = Rom()
    yield rom
    rom.machine.close()


# -- what is where --------------------------------------------------------------------------------

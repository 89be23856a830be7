"""Faults of a radio that wait for their moment."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest

from renode_wifi.peripherals.base.clock import SECOND, VirtualClock
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.ism43362 import faults as of_the_ism43362
from renode_wifi.peripherals.network.faults.radio import (
    RadioFault,
    RadioFaultPlan,
    amounts,
    waiting,
)
from renode_wifi.peripherals.network.worldfile.fault_kinds import ISM43362, NWP, radio_kinds
from renode_wifi.peripherals.network.worldfile.faults import fault_of
from renode_wifi.peripherals.simplelink import faults as of_the_nwp


class Kind(Enum):
    ERROR = "error"
    SLOW = "slow"
    POOL_EXHAUSTED = "pool-exhausted"


class Fault(RadioFault[Kind]):
    KINDS = Kind
    AMOUNTS = amounts(Kind)
    RADIO = ISM43362


def plan(*faults: Fault) -> RadioFaultPlan[Fault]:
    result: RadioFaultPlan[Fault] = RadioFaultPlan(Kind, VirtualClock())
    for fault in faults:
        result.add(fault)
    return result


def made(do: str, now: int = 0, **entry: Any) -> Fault:
    return Fault.of(fault_of(do, entry), now)


def hits(faults: RadioFaultPlan[Fault], *commands: str, now: int = 0) -> list[bool]:
    return [bool(faults.striking(now, command)) for command in commands]


def test_amounts_are_in_the_radios_own_units() -> None:
    assert Fault.AMOUNTS == {Kind.ERROR: 1, Kind.SLOW: 1_000_000, Kind.POOL_EXHAUSTED: 5_000}
    assert made("slow").size == 1_000_000
    assert made("slow", by="20 ms").size == 20_000
    assert made("pool-exhausted", **{"for": "40 ms"}).size == 40
    assert waiting(Kind) == {Kind.POOL_EXHAUSTED}


def test_the_nth_command_of_a_name_is_hit() -> None:
    faults = plan(made("error", command="S3", nth=2, times=2))
    assert hits(faults, "S3", "R0", "S3", "S3", "S3") == [False, False, True, True, False]
    assert not faults.waiting


def test_a_window_hits_every_command_in_it_and_is_over() -> None:
    faults = plan(made("error", command="S3", at=2 * SECOND, **{"for": "3 s"}))
    assert hits(faults, "S3", now=SECOND) == [False]
    assert hits(faults, "S3", "R0", "S3", now=2 * SECOND) == [True, False, True]
    assert hits(faults, "S3", now=5 * SECOND - 1) == [True]
    assert hits(faults, "S3", now=5 * SECOND) == [False]
    assert not faults.waiting


def test_a_window_from_now_on_begins_now() -> None:
    faults = plan(made("error", now=10 * SECOND, **{"for": "1 s"}))
    assert hits(faults, "S3", now=10 * SECOND) == [True]
    assert hits(faults, "S3", now=11 * SECOND) == [False]


def test_after_an_event_the_number_has_counted_events() -> None:
    assert made("error", after="joined", nth=3).nth == 1


@pytest.mark.parametrize(
    ("radio", "kinds"), [(ISM43362, of_the_ism43362.FaultKind), (NWP, of_the_nwp.FaultKind)]
)
def test_a_radio_knows_the_faults_that_a_world_file_may_name(radio: str, kinds: type[Enum]) -> None:
    assert {kind.value for kind in kinds} == set(radio_kinds(radio))


def test_the_fault_of_another_radio_is_refused() -> None:
    with pytest.raises(RenodeWifiError, match="the ISM43362 has no fault 'abort'") as caught:
        made("abort")
    assert ", ".join(radio_kinds(ISM43362)) in (caught.value.cure or "")


def test_a_passive_fault_spoils_what_happens_in_its_command() -> None:
    faults = plan(made("pool-exhausted", command="SEND"))
    assert hits(faults, "SEND") == [False]
    assert faults.spoils(Kind.SLOW, "SEND") is None
    assert faults.spoils(Kind.POOL_EXHAUSTED, "CONNECT") is None
    assert faults.spoils(Kind.POOL_EXHAUSTED, "SEND") is not None
    assert faults.spoils(Kind.POOL_EXHAUSTED, "SEND") is None

"""Waiting for an advertiser: it ends with the connection, on request, and at a reset."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.bluenrg.codes import AciOpcode, EventCode
from renode_wifi.peripherals.bluenrg.messages import gap, hci
from tests.peripherals.bluenrg.test_controller import CONNECT, ControllerPair
from tests.peripherals.bluenrg.test_gap import ADDRESS, Pair

CREATE = gap.CreateConnection(0x20, 0x30, 0, ADDRESS, 0, 16, 24, 0, 400, 0, 0)


@pytest.mark.parametrize(
    ("pair", "opcode", "message"),
    [
        (Pair, AciOpcode.GAP_CREATE_CONNECTION, CREATE),
        (ControllerPair, AciOpcode.LE_CREATE_CONNECTION, CONNECT),
    ],
)
def test_a_reset_ends_it(
    pair: type[Pair], opcode: AciOpcode, message: gap.CreateConnection | hci.LeCreateConnection
) -> None:
    both = pair()
    assert both.central.command(opcode, message) == b"\0"
    both.central.command(AciOpcode.RESET)
    both.peripheral.advertise()
    both.pass_time(150)
    assert both.central.of(EventCode.LE_META) == []


def test_once_connected_another_may_follow() -> None:
    pair = Pair()
    pair.connect()
    assert pair.central.command(AciOpcode.GAP_CREATE_CONNECTION, CREATE) == b"\0"

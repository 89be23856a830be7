"""Whatever an application sends, the module answers or ignores it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.bluenrg.codes import AciOpcode
from renode_wifi.peripherals.bluenrg.link import WRITE
from renode_wifi.peripherals.bluenrg.messages.hci import AclPacket, EventPacket
from tests.peripherals.bluenrg.rig import Application
from tests.peripherals.bluenrg.test_controller import HANDLE, ControllerPair

COMMANDS = st.tuples(st.sampled_from(list(AciOpcode)), st.binary(max_size=30))


@settings(max_examples=40)
@given(st.lists(COMMANDS, max_size=12))
def test_every_command_has_one_answer(commands: list[tuple[AciOpcode, bytes]]) -> None:
    app = Application()
    app.start(5)
    for opcode, parameters in commands:
        app.command(opcode, parameters)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 0xFFFF), st.sampled_from([8, 16])), max_size=60
    )
)
def test_any_bytes_and_edges_leave_a_link_that_works(steps: list[tuple[int, int, int]]) -> None:
    app = Application()
    for kind, word, bits in steps:
        if kind < 2:
            app.module.on_gpio(kind, bool(word & 1))
        elif kind == 2:
            assert 0 <= app.module.exchange(word & ((1 << bits) - 1), bits) < 1 << bits
        else:
            app.machine.clock.advance(word * 100)
    for level in (True, False, True):
        app.module.on_gpio(0, True)
        app.module.on_gpio(1, level)
    app.events.clear()
    assert app.pass_time(10)[-1:] == [EventPacket(0xFF, b"\1\0\1")]


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 3), st.binary(max_size=40)), max_size=8))
def test_any_data_leave_a_controller_that_works(packets: list[tuple[int, bytes]]) -> None:
    pair = ControllerPair()
    pair.connect()
    for kind, data in packets:
        pair.central.window(WRITE, AclPacket(HANDLE, kind, data).emit())
    pair.pass_time(60)
    assert pair.central.command(AciOpcode.READ_BD_ADDR)[:1] == b"\0"

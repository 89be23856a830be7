"""What scripts and editors send to servers of debug probes."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi import Board
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.gdb.attach import COMMANDS
from renode_wifi.emulation.frontends.gdb.monitor_commands import HELP, execute
from renode_wifi.emulation.frontends.gdb.packets import Packet, PacketDecoder
from renode_wifi.emulation.frontends.gdb.session import GdbSession, Mode
from renode_wifi.emulation.frontends.gdb.target import DebugTarget
from tests.emulation.frontends.gdb.client import COUNTER, counting_engine

FLASH = 0x0800_0000
BKPT_AB, BRANCH_TO_SELF = bytes.fromhex("abbe"), bytes.fromhex("fee7")
SYS_WRITE0 = 4


@pytest.fixture
def session(tmp_path: Path) -> GdbSession:
    engine = counting_engine(tmp_path)
    machine = engine.machine
    return GdbSession(DebugTarget(machine, machine.core.debug, engine.execute), COMMANDS)


def test_memory_is_printed_by_width_and_in_lines(session: GdbSession) -> None:
    data = bytes(range(0x30))
    session.target.write_memory(COUNTER, data)
    assert execute(session, "mdw 0x20000000") == "0x20000000: 03020100"
    assert execute(session, "mdw phys 0x20000000 9") == (
        "0x20000000: 03020100 07060504 0b0a0908 0f0e0d0c 13121110 17161514 1b1a1918 1f1e1d1c\n"
        "0x20000020: 23222120"
    )
    assert execute(session, "mdh 0x20000002 2") == "0x20000002: 0302 0504"
    assert execute(session, "mdb 536870912 3") == "0x20000000: 00 01 02"
    assert execute(session, "mdd 0x20000000") == "0x20000000: 0706050403020100"
    # pyOCD counts bytes.
    assert execute(session, "rw 0x20000000 8") == "0x20000000: 03020100 07060504"
    assert execute(session, "read8 0x20000005") == "0x20000005: 05"


def test_memory_is_written_by_width(session: GdbSession) -> None:
    assert execute(session, "mww 0x20000000 0x12345678 2") == ""
    assert execute(session, "mwh 0x20000000 0x1ABCD") == ""
    assert execute(session, "mwb 0x20000004 0xFF") == ""
    assert execute(session, "write8 0x20000006 1 2") == ""
    assert session.target.read_memory(COUNTER, 8) == bytes.fromhex("cdab3412ff560102")


def test_registers_are_printed_and_set(session: GdbSession) -> None:
    listed = execute(session, "reg").splitlines()
    assert listed[:2] == ["===== arm v7m registers", "(0) r0 (/32): 0x00000000"]
    assert listed[16] == f"(15) pc (/32): 0x{FLASH + 8:08x}"
    assert execute(session, "reg R3 0x77") == "r3 (/32): 0x00000077"
    assert execute(session, "reg 3") == execute(session, "reg r3 force") == "r3 (/32): 0x00000077"


def test_flash_is_listed() -> None:
    with Board("b_l475e_iot01a", "<node>") as board:
        machine = board.engine.machine
        target = DebugTarget(machine, machine.core.debug, board.execute)
        listed = execute(GdbSession(target, COMMANDS), "flash banks")
    assert "flash at 0x08000000, size 0x00100000" in listed


@pytest.mark.parametrize(
    "line",
    [
        *("halt", "gdb_sync", "sleep 100", "wait_halt 1000", "adapter speed 4000", "poll"),
        *("arm semihosting enable", "semihosting disable", "flash probe 0", "flash download = 1"),
        *("reset_config none", "cortex_m vector_catch all", "set vector-catch h", "speed 4000"),
        *("SoftwareReset", "reset", "reset run", "reset halt", "reset init", "reset 0"),
    ],
)
def test_settings_of_probes_are_accepted(session: GdbSession, line: str) -> None:
    assert execute(session, line) == ""


def test_what_the_program_prints_by_semihosting_is_shown(session: GdbSession) -> None:
    text, code = COUNTER + 0x100, COUNTER + 0x200
    target = session.target
    target.write_memory(text, b"hello\nrest\0")
    target.write_memory(code, BKPT_AB + BRANCH_TO_SELF)

    def call() -> list[str]:
        for name, value in (("R0", SYS_WRITE0), ("R1", text), ("PC", code)):
            target.machine.core.write_register(name, value)
        session.take_output()
        session.resume(Mode.CONTINUE)
        target.execute('emulation RunFor "0.001"')
        session.halt()
        packets = PacketDecoder().feed(session.take_output())
        return [packet.data.decode() for packet in packets if isinstance(packet, Packet)]

    for _ in range(2):
        execute(session, "arm semihosting enable")
        *printed, stopped = call()
        assert printed == ["O" + b"hello\n".hex(), "O" + b"rest".hex()]
        assert stopped.startswith("T05")
        execute(session, "arm semihosting disable")
        assert len(call()) == 1


def test_semihosting_is_switched_on_or_off(session: GdbSession) -> None:
    with pytest.raises(RenodeWifiError, match="arm semihosting enable"):
        execute(session, "arm semihosting maybe")


def test_other_commands_are_the_monitors(session: GdbSession) -> None:
    assert execute(session, "help") == execute(session, " ") == HELP
    assert execute(session, "sysbus ReadDoubleWord 0x08000004") == "0x08000009"
    assert "ReadByte" in execute(session, "flash")
    execute(session, "set answer 42")
    assert execute(session, "echo $answer") == "42"


@pytest.mark.parametrize(
    ("line", "message", "cure"),
    [
        ("resume", "holds the board", "continue"),
        ("bp 0x08000000 2", "are the debugger's", "break"),
        ("rtt start", "RTT", "serial port"),
        ("flash erase_sector 0 0 7", "is programmed", "load"),
        ("mdw", "address is needed", "mdw"),
        ("mdw there", "'there'", "numbers"),
        ("mdw 0x20000000 0", "0 bytes", "65536"),
        ("mdw 0x20000000 0x10000000", "bytes", "65536"),
        ("mdw 0x60000000", "nothing is mapped", None),
        ("mww 0x20000000", "value are needed", "mww"),
        ("mww 0x20000000 1 2 3", "value are needed", "mww"),
        ("reg r99", "register r99 not found", "lists"),
        ("reg pc there", "'there'", "numbers"),
    ],
)
def test_what_cannot_be_done_is_said(
    session: GdbSession, line: str, message: str, cure: str | None
) -> None:
    with pytest.raises(RenodeWifiError) as error:
        execute(session, line)
    assert message in error.value.message
    assert cure is None or cure in (error.value.cure or "")

"""Packets and their answers, without sockets."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.frontends.gdb.attach import COMMANDS
from renode_wifi.emulation.frontends.gdb.packets import Packet, PacketDecoder, encode
from renode_wifi.emulation.frontends.gdb.query_commands import crc32
from renode_wifi.emulation.frontends.gdb.session import GdbSession, Mode
from renode_wifi.emulation.frontends.gdb.target import DebugTarget
from tests.emulation.frontends.gdb.client import COUNTER, IMAGE, LOOP, counting_engine, stop_pc

PC = 15
FLASH = 0x0800_0000


@pytest.fixture
def session(tmp_path: Path) -> GdbSession:
    engine = counting_engine(tmp_path)
    machine = engine.machine
    return GdbSession(DebugTarget(machine, machine.core.debug, engine.execute), COMMANDS)


def ask(session: GdbSession, packet: str | bytes) -> str:
    session.receive(encode(packet.encode() if isinstance(packet, str) else packet))
    packets = [x for x in PacketDecoder().feed(session.take_output()) if isinstance(x, Packet)]
    assert len(packets) <= 1
    return packets[0].data.decode("latin-1") if packets else "(nothing)"


def document(session: GdbSession, name: str) -> ElementTree.Element:
    text, answer = "", "m"
    while answer[0] == "m":
        answer = ask(session, f"qXfer:{name}:{len(text):x},100")
        text += answer[1:]
    return ElementTree.fromstring(text)


def test_packets_are_acknowledged_until_that_is_switched_off(session: GdbSession) -> None:
    session.receive(b"$?#3f")
    assert session.take_output().startswith(b"+$T05")
    session.receive(encode(b"QStartNoAckMode"))
    assert session.take_output() == b"+$OK#9a"
    session.receive(b"$?#3f")
    assert session.take_output().startswith(b"$T05")


def test_a_damaged_packet_is_asked_for_again_and_an_answer_is_repeated(session: GdbSession) -> None:
    session.receive(b"$?#00")
    assert session.take_output() == b"-"
    session.receive(b"$?#3f")
    answer = session.take_output()
    session.receive(b"-")
    assert b"+" + session.take_output() == answer


@pytest.mark.parametrize("packet", ["vMustReplyEmpty", "qTStatus", "QNonStop:1", "", "jump", "qL1"])
def test_what_is_unknown_gets_an_empty_answer(session: GdbSession, packet: str) -> None:
    assert ask(session, packet) == ""


def test_a_halted_machine_reports_where_it_is(session: GdbSession) -> None:
    reply = ask(session, "?")
    assert stop_pc(reply) == FLASH + 8
    assert "thread:1;" in reply
    assert ask(session, "qC") == "QC1"
    assert ask(session, "qAttached") == "1"


def test_the_description_has_all_registers_in_the_order_of_g(session: GdbSession) -> None:
    target = document(session, "features:read:target.xml")
    registers = {reg.get("name"): int(reg.get("bitsize") or 0) for reg in target.iter("reg")}
    assert list(registers)[:17] == [*(f"r{n}" for n in range(13)), "sp", "lr", "pc", "xpsr"]
    assert {"msp", "psp", "primask", "basepri", "faultmask", "control", "fpscr"} < set(registers)
    assert registers["d15"] == 64
    assert len(ask(session, "g")) * 4 == sum(registers.values())


def test_a_core_without_fpu_has_none_of_its_registers(session: GdbSession) -> None:
    from renode_wifi.emulation.frontends.gdb.registers import CoreRegisters

    assert "d0" in CoreRegisters(True).numbers
    assert "d0" not in CoreRegisters(False).numbers


def test_registers_are_read_and_written(session: GdbSession) -> None:
    assert ask(session, "P3=78563412") == "OK"
    assert ask(session, "p3") == "78563412"
    everything = ask(session, "g")
    assert everything[24:32] == "78563412"
    assert ask(session, "G" + everything.replace("78563412", "01000000")) == "OK"
    assert ask(session, "p3") == "01000000"
    assert ask(session, "p7f") == "E16"
    assert ask(session, "P3=78") == "E16"
    assert ask(session, "G00") == "E16"


def test_memory_is_read_and_written(session: GdbSession) -> None:
    assert ask(session, f"m{FLASH:x},8") == IMAGE[:8].hex()
    assert ask(session, f"M{COUNTER:x},3:010203") == "OK"
    assert ask(session, f"X{COUNTER + 3:x},2:".encode() + b"}#") == "OK"
    assert ask(session, f"m{COUNTER:x},5") == "0102037d23"
    assert ask(session, f"X{COUNTER:x},0:") == "OK"
    assert ask(session, f"M{COUNTER:x},3:0102") == "E16"


@pytest.mark.parametrize("packet", ["m60000000,4", "M60000000,1:00", "mfffffffc,8", "m,", "mxyz,1"])
def test_what_cannot_be_read_gets_an_error(session: GdbSession, packet: str) -> None:
    assert ask(session, packet) in ("E14", "E16")


def test_registers_of_the_processor_are_memory_too(session: GdbSession) -> None:
    assert ask(session, "me000ed00,4") == "41c20f41"  # CPUID of a Cortex-M4 r0p1


def test_the_memory_map_covers_all_addresses(session: GdbSession) -> None:
    areas = document(session, "memory-map:read:")
    end = 0
    for area in areas:
        assert int(area.get("start") or "", 0) == end
        end += int(area.get("length") or "", 0)
    assert end == 1 << 32


def test_flash_is_erased_and_programmed(session: GdbSession) -> None:
    assert ask(session, f"vFlashErase:{FLASH:x},800") == "OK"
    assert ask(session, f"vFlashWrite:{FLASH:x}:".encode() + b"#data") == "OK"
    assert ask(session, f"m{FLASH:x},6") == "ff" * 6
    assert ask(session, "vFlashDone") == "OK"
    assert bytes.fromhex(ask(session, f"m{FLASH:x},6")) == b"#data\xff"


@pytest.mark.parametrize(
    ("packet", "mode", "steps"),
    [
        ("c", Mode.CONTINUE, None),
        ("C05", Mode.CONTINUE, None),
        ("s", Mode.STEP, None),
        ("S05", Mode.STEP, None),
        ("vCont;c", Mode.CONTINUE, None),
        ("vCont;s:1;c", Mode.STEP, None),
        ("vCont;s:7;c", Mode.CONTINUE, None),
        ("vCont;C05:p1.1;c", Mode.CONTINUE, None),
        ("vCont;r8000000,8000010:p1.-1", Mode.STEP, range(0x8000000, 0x8000010)),
    ],
)
def test_the_machine_is_let_run(
    session: GdbSession, packet: str, mode: Mode, steps: range | None
) -> None:
    assert ask(session, packet) == "(nothing)"
    assert (session.mode, session.step_range) == (mode, steps)
    session.receive(b"\x03")
    assert session.take_output().startswith(b"$T02")
    assert session.mode is Mode.HALTED


def test_continuing_elsewhere(session: GdbSession) -> None:
    ask(session, f"c{LOOP:x}")
    assert session.target.machine.core.read_register("pc") == LOOP


@pytest.mark.parametrize(
    ("packet", "answer", "mode"),
    [
        ("D", "OK", Mode.DETACHED),
        ("D;1", "OK", Mode.DETACHED),
        ("k", "(nothing)", Mode.KILLED),
        ("vKill;1", "OK", Mode.KILLED),
    ],
)
def test_leaving(session: GdbSession, packet: str, answer: str, mode: Mode) -> None:
    assert ask(session, packet) == answer
    assert session.mode is mode


def test_breakpoints_and_watchpoints_are_set_once_and_removed(session: GdbSession) -> None:
    stops = session.target.stops
    for packet in (
        "Z0,8000010,2",
        "Z1,8000010,2",
        "Z2,20000000,4",
        "Z3,20000004,1",
        "Z4,20000008,2",
    ):
        assert ask(session, packet) == "OK"
    assert stops.breakpoints == {0x8000010}
    assert len(stops.watchpoints) == 3
    for packet in ("z0,8000010,2", "z1,8000010,2", "z2,20000000,4", "z2,20000000,4"):
        assert ask(session, packet) == "OK"
    assert stops.breakpoints == set()
    assert len(stops.watchpoints) == 2
    assert ask(session, "Z5,0,4") == ""
    session.target.remove_stops()
    assert stops.watchpoints == []


def test_the_processor_is_the_only_thread_without_an_rtos(session: GdbSession) -> None:
    assert ask(session, "qfThreadInfo") == "m1"
    assert ask(session, "qsThreadInfo") == "l"
    assert [each.get("id") for each in document(session, "threads:read:")] == ["1"]
    assert ask(session, "T1") == "OK"
    assert ask(session, "T2") == "E03"
    assert ask(session, "Hg0") == "OK"
    assert ask(session, "Hc-1") == "OK"
    assert ask(session, "qThreadExtraInfo,1") == ""


def test_symbols_are_asked_for_one_after_the_other(session: GdbSession) -> None:
    asked = []
    answer = ask(session, "qSymbol::")
    while answer != "OK":
        name = bytes.fromhex(answer.removeprefix("qSymbol:")).decode()
        asked.append(name)
        value = "20000000" if name == "pxCurrentTCB" else ""
        answer = ask(session, f"qSymbol:{value}:{name.encode().hex()}")
    assert "pxReadyTasksLists" in asked
    assert session.target.debugger_symbols == {"pxCurrentTCB": COUNTER}


def monitor(session: GdbSession, command: str) -> str:
    answer = ask(session, "qRcmd," + command.encode().hex())
    return "" if answer == "OK" else bytes.fromhex(answer).decode()


def test_monitor_commands(session: GdbSession) -> None:
    assert "reset halt" in monitor(session, "help")
    assert monitor(session, "time") == "00:00:00.000000\n"
    assert monitor(session, "sysbus ReadDoubleWord 0x08000004") == "0x08000009\n"
    assert "No such command" in monitor(session, "nonsense")
    ask(session, f"Pf={LOOP.to_bytes(4, 'little').hex()}")
    assert monitor(session, "reset  halt") == ""
    assert stop_pc(ask(session, "?")) == FLASH + 8


def test_the_program_is_run_anew(session: GdbSession) -> None:
    ask(session, f"Pf={LOOP.to_bytes(4, 'little').hex()}")
    assert stop_pc(ask(session, "vRun;")) == FLASH + 8


def test_sections_are_compared_by_their_checksum(session: GdbSession) -> None:
    # The same polynomial as zlib's, over bits in the other order.
    data = IMAGE[:16]
    mirrored = bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)
    expected = int(f"{zlib.crc32(mirrored) ^ 0xFFFFFFFF:032b}"[::-1], 2)
    assert crc32(data) == expected
    assert ask(session, f"qCRC:{FLASH:x},10") == f"C{expected:x}"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    packet=st.binary(max_size=30) | st.text("gGpPmMXZzHTqvCsDR?,:;=0123456789abcdef", max_size=24)
)
def test_no_packet_breaks_the_session(session: GdbSession, packet: bytes | str) -> None:
    ask(session, packet)
    session.mode = Mode.HALTED
    session.acknowledges = True
    assert ask(session, "qAttached") == "1"

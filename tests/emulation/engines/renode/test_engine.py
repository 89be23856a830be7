from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.engines.renode import (
    driven,
    engine,
    find,
    protocol,
)
from renode_wifi.emulation.engines.renode.engine import RenodeEngine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.image import Image, Segment
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.platform.core import Stop
from tests.emulation.engines.renode import dotnet

# Behind the stand-in, which it needs.
from renode_wifi.emulation.engines.renode.inside import commands, driver  # isort: skip

BOARD = boards.find("b_l475e_iot01a")
MILLISECOND = 1_000_000


class Script(dotnet.Monitor):
    """Notes the monitor's commands, and makes the machine when the board is included."""

    def __init__(self) -> None:
        super().__init__(None)
        self.commands: list[str] = []

    def Parse(self, command: str, eater: dotnet.Eater | None = None) -> bool:
        self.commands.append(command)
        if command == "Clear":
            self.Machine = None
            dotnet.EMULATION.clear()
        if command.startswith("include"):
            self.Machine = dotnet.EMULATION.machine = dotnet.Machine()
        if command.startswith("refuse"):
            return False
        if command.startswith("world"):
            commands.world(str(BOARD.default_world), 3, "")
            commands.machine_of(self.Machine)
        return super().Parse(command, eater) if command.startswith("break") and eater else True


class InThread:
    """Renode's side of the control connection on a thread of this process."""

    monitor: Script
    why: str | None = None

    def __init__(self, command: Path, environment: dict[str, str]) -> None:
        os.environ.update(environment)
        InThread.monitor = Script()
        self.driver = driver.Driver(self.monitor, environment[driven.CONTROL])
        self.driver.start()

    def ended(self) -> str | None:
        return self.why

    def close(self) -> None:
        """Its thread ends with the connection."""


@pytest.fixture
def renode(monkeypatch: pytest.MonkeyPatch) -> Iterator[RenodeEngine]:
    monkeypatch.setattr(driven, "RenodeProcess", InThread)
    monkeypatch.setattr(driven.find, "find", lambda: find.Installation(Path(), "test", (1, 16, 1)))
    monkeypatch.setattr(driven, "wants_pyrenode3", lambda: False)
    monkeypatch.setenv(driven.CONTROL, "")
    monkeypatch.setenv(protocol.ENVIRONMENT, "")
    running = RenodeEngine.of_board(BOARD, None, 5)
    yield running
    running.close()
    driven.end_idle()
    commands.machines.clear()
    dotnet.EMULATION.clear()


def machine() -> dotnet.Machine:
    found = InThread.monitor.Machine
    assert found is not None
    return found


def image(path: Path) -> Image:
    return Image(path, "elf", [Segment(0x08000000, b"\x01\x02"), Segment(0x20000000, b"\x03")])


def test_a_board_is_its_script_with_name_world_and_seed(renode: RenodeEngine) -> None:
    commands = InThread.monitor.commands
    assert commands[0] == '$name="b_l475e_iot01a"'
    assert commands[1].startswith("$world=@/")
    assert commands[2] == "$seed=5"
    assert commands[3] == f"include @{BOARD.script}"
    assert commands[4] == 'macro reset "wifi_vectors 0x08000000"'


def test_time_and_instructions_are_renodes(renode: RenodeEngine) -> None:
    assert renode.run(12 * MILLISECOND) is Stop.TIME
    assert renode.now == machine().now == 12 * MILLISECOND
    assert renode.instructions == 1_200_000


def test_machines_are_paused_when_something_was_said(renode: RenodeEngine) -> None:
    """Not after each slice, for that takes Renode a new thread per core."""
    renode.execute("world")
    Session(renode, "usart1")
    machine().ScheduleAction(
        dotnet.TimeInterval(12 * MILLISECOND),
        lambda _: machine()["sysbus.usart1"].CharReceived(ord("!")),
    )
    machine().ScheduleAction(
        dotnet.TimeInterval(22 * MILLISECOND), lambda _: commands.machines[0].trace("spi3", "word")
    )
    renode.run(38 * MILLISECOND)
    # After the slice of the byte, after whole slices, and after what is left of the last one.
    assert dotnet.EMULATION.pauses == 3
    # Whoever listens to everything is notified after the slice in which a model has traced.
    seen: list[int] = []
    renode.subscribe(lambda time, source, event, fields: seen.append(renode.now))
    machine().ScheduleAction(
        dotnet.TimeInterval(7 * MILLISECOND), lambda _: commands.machines[0].trace("spi3", "word")
    )
    renode.run(58 * MILLISECOND)
    assert seen == [48 * MILLISECOND]
    assert dotnet.EMULATION.pauses == 5


def test_a_quantum_that_no_slice_is_a_multiple_of_is_not_exceeded(renode: RenodeEngine) -> None:
    source = dotnet.EMULATION.MasterTimeSource
    source.Quantum = dotnet.TimeInterval(8 * MILLISECOND)
    try:
        renode.run(31 * MILLISECOND)
    finally:
        source.Quantum = dotnet.TimeInterval(MILLISECOND)
    assert renode.now == machine().now == 31 * MILLISECOND


def test_a_run_comes_back_now_and_then(renode: RenodeEngine) -> None:
    renode.run(7 * driver.MAX_SLICES * engine.SLICE // 2)
    assert dotnet.EMULATION.pauses == 4


def test_an_emulation_that_a_script_has_started_is_refused(
    renode: RenodeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dotnet.EMULATION, "IsStarted", True)
    with pytest.raises(RenodeWifiError, match="no script may start it"):
        renode.run(MILLISECOND)


def test_bytes_of_a_uart_come_with_their_time(renode: RenodeEngine) -> None:
    session = Session(renode, "usart1")
    for delay, byte in enumerate(b"hi\n", start=1):
        machine().ScheduleAction(
            dotnet.TimeInterval(delay * MILLISECOND),
            lambda _, byte=byte: machine()["sysbus.usart1"].CharReceived(byte),
        )
    line = session.wait_for_line("hi")
    assert line.text == "hi"
    # The rest of the slice in which it came is run to its end.
    assert renode.now == engine.SLICE


def test_who_waits_sees_nothing_later(renode: RenodeEngine) -> None:
    session = Session(renode, "usart1")

    def say(_: object) -> None:
        for byte in b"ok\n> typed\nanswer\n> ":
            machine()["sysbus.usart1"].CharReceived(byte)

    machine().ScheduleAction(dotnet.TimeInterval(MILLISECOND), say)
    session.wait_for_line("ok")
    assert session.uart.lines[-1].text == "ok"
    renode.execute("version")
    assert session.wait_for_prompt(">") == ">"
    assert session.wait_for_prompt("typed") == "> typed"
    assert session.wait_for_line("answer").text == "answer"
    assert session.wait_for_prompt("> ") == "> "
    assert renode.now == engine.SLICE


def test_a_stop_ends_a_run(renode: RenodeEngine) -> None:
    renode.request_stop()
    assert renode.run(MILLISECOND) is Stop.REQUEST
    assert renode.now == 0
    assert renode.run(MILLISECOND) is Stop.TIME
    renode.request_stop()
    assert renode.run(0) is Stop.REQUEST


def test_a_stop_from_another_thread_ends_a_run_at_the_end_of_a_slice(renode: RenodeEngine) -> None:
    """The action runs on Renode's thread, while this one waits for the answer."""
    stop_at = dotnet.TimeInterval(12 * MILLISECOND)
    machine().ScheduleAction(stop_at, lambda _: renode.request_stop())
    assert renode.run(driver.MAX_SLICES * engine.SLICE) is Stop.REQUEST
    assert renode.now == 3 * engine.SLICE
    # What is left of the request to stop does not end the next one.
    assert renode.run(8 * engine.SLICE) is Stop.TIME
    assert renode.now == machine().now == 8 * engine.SLICE


def test_a_stop_ends_what_the_world_waits_for(renode: RenodeEngine) -> None:
    renode.execute("world")
    (service,) = renode._worlds.services
    seen: list[bool] = []

    def stop(_: Any) -> None:
        seen.append(service.is_stopping())
        renode.request_stop()
        seen.append(service.is_stopping())

    machine().ScheduleAction(dotnet.TimeInterval(MILLISECOND), stop)
    assert renode.run(engine.SLICE) is Stop.REQUEST
    assert renode.run(2 * engine.SLICE) is Stop.TIME
    assert (seen, service.is_stopping()) == ([False, True], False)


def test_traces_are_reported_in_the_order_of_their_times(renode: RenodeEngine) -> None:
    seen: list[tuple[Any, ...]] = []
    renode.subscribe(lambda *event: seen.append(event))
    renode._on_trace(9, "b", "late", {})
    renode._on_trace(4, "a", "early", {})
    renode.run(10)
    assert [event[2] for event in seen] == ["early", "late"]


def test_an_image_is_written_and_started(renode: RenodeEngine, tmp_path: Path) -> None:
    renode.load(image(tmp_path))
    assert renode.read_memory(0x08000000, 2) == b"\x01\x02"
    assert renode.read_memory(0x20000000, 1) == b"\x03"
    assert machine().resets == 0
    renode.run(10)
    renode.load(image(tmp_path))
    assert machine().resets == 1


def test_registers_are_renodes_with_the_stack_pointer_of_threads(renode: RenodeEngine) -> None:
    cpu = machine().SystemBus.cpu
    found = renode.registers()
    assert (found["r0"], found["r12"]) == (0x100, 0x10C)
    assert (found["sp"], found["lr"], found["pc"]) == (0x10D, 0x10E, 0x10F)
    assert (found["xpsr"], found["psp"]) == (0x0100000E, 0x20001000)
    cpu.CurrentSP = dotnet.RegisterValue(1)
    assert renode.registers()["psp"] == found["sp"]


def test_memory_that_is_nowhere_cannot_be_read(renode: RenodeEngine) -> None:
    machine().SystemBus.unmapped.add(0x04040404)
    with pytest.raises(RenodeWifiError, match="nothing is mapped at 0x04040404"):
        renode.read_memory(0x04040404, 4)


def test_typing_reaches_the_uart(renode: RenodeEngine) -> None:
    renode.write_uart("usart1", b"ok")
    assert bytes(machine()["sysbus.usart1"].written) == b"ok"
    with pytest.raises(RenodeWifiError, match="no serial port 'usart9'; there are: usart1"):
        renode.write_uart("usart9", b"ok")


def test_commands_print_or_are_refused(renode: RenodeEngine) -> None:
    assert renode.execute("start") == ""
    assert "start" not in InThread.monitor.commands
    assert renode.execute("version") == ""
    with pytest.raises(RenodeWifiError, match="no command break"):
        renode.execute("break")
    with pytest.raises(RenodeWifiError, match="refuses 'refuse'"):
        renode.execute("refuse")


def test_the_world_is_the_one_in_this_process(renode: RenodeEngine) -> None:
    assert renode.world is None
    renode.execute("world")
    assert renode.world.server("echo").running
    renode.reset()
    assert machine().resets == 1


def test_snapshots_are_refused_with_the_cure(renode: RenodeEngine) -> None:
    with pytest.raises(RenodeWifiError, match="--engine embedded"):
        renode.save()
    with pytest.raises(RenodeWifiError, match="--engine embedded"):
        renode.restore(b"")


def test_the_end_of_renode_is_an_error(
    renode: RenodeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(InThread, "why", "exit code 1")
    renode._renode._connection.shutdown(2)
    with pytest.raises(RenodeWifiError, match="Renode ended: exit code 1"):
        renode.run(MILLISECOND)
    renode.close()
    renode.close()


def test_without_a_machine_requests_are_refused(
    renode: RenodeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    dotnet.EMULATION.clear()
    empty = RenodeEngine.empty()
    with pytest.raises(RenodeWifiError, match="no machine yet"):
        empty.run(5)
    assert empty.source("usart1") == "usart1"
    empty.close()


def test_each_machine_has_consoles_of_its_own(renode: RenodeEngine) -> None:
    assert renode.source("usart1") == "usart1"
    other = dotnet.Machine()
    renode.execute("version")
    with pytest.raises(RenodeWifiError, match="name one: machine-0, machine-1"):
        renode.source("usart1")
    assert renode.machines == ["machine-0", "machine-1"]
    with pytest.raises(RenodeWifiError, match="no machine 'three'"):
        renode.source("usart1", "three")
    assert renode.source("usart1", "machine-0") == "usart1"
    session = Session(renode)
    name = renode.source("usart1", "machine-1")
    other["sysbus.usart1"].CharReceived(ord("!"))
    session.run(0.001)
    session.write("ok", name)
    assert session.console(name).pending == "!"
    assert bytes(other["sysbus.usart1"].written) == b"ok"
    assert machine()["sysbus.usart1"].written == []


def test_a_renode_serves_one_engine_after_the_other(renode: RenodeEngine) -> None:
    first, monitor = renode._renode, InThread.monitor
    renode.execute("world")
    (service,) = first.worlds.services
    renode.run(MILLISECOND)
    renode.close()
    assert monitor.commands[-1] == "Clear"
    assert commands.machines == []
    following = RenodeEngine.of_board(BOARD, None, 5)
    assert following._renode is first
    assert following.now == 0
    assert following.world is None
    # Listeners of the engine before are not called.
    seen: list[Any] = []
    following.subscribe(lambda *event: seen.append(event))
    machine()["sysbus.usart1"].CharReceived(ord("!"))
    following.run(MILLISECOND)
    assert [event[3] for event in seen] == [{"byte": ord("!")}]
    other = RenodeEngine.empty()
    assert other._renode is not first
    other.close()
    following.close()
    assert service.world is not None


def test_the_world_is_that_of_the_selected_machine(renode: RenodeEngine) -> None:
    renode.execute("world")
    mine = renode.world
    assert mine is not None
    # A world that is prepared for another machine, and then that machine.
    commands.world(str(BOARD.default_world), 4, "")
    assert renode.world is mine
    other = dotnet.Machine()
    commands.machine_of(other)
    assert renode.world is mine
    InThread.monitor.Machine = other
    assert renode.world is not None
    assert renode.world.seed == 4
    # One of Renode's own boards has none of ours.
    InThread.monitor.Machine = dotnet.Machine()
    assert renode.world is None


def test_a_renode_that_has_ended_serves_nobody(renode: RenodeEngine) -> None:
    renode.close()
    InThread.why, gone = "it crashed", renode._renode
    try:
        following = RenodeEngine.empty()
        assert following._renode is not gone
    finally:
        InThread.why = None
    following.close()


def test_an_answer_that_was_not_waited_for_ends_renode(
    renode: RenodeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted:
        def write(self, text: str) -> None:
            raise KeyboardInterrupt

        def close(self) -> None: ...

    monkeypatch.setattr(renode._renode, "_stream", Interrupted())
    with pytest.raises(KeyboardInterrupt):
        renode.run(MILLISECOND)
    broken = renode._renode
    renode.close()
    assert RenodeEngine.empty()._renode is not broken


def test_a_script_that_fails_leaves_nothing(
    renode: RenodeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(InThread, "close", lambda self: closed.append(True))
    monkeypatch.setattr(engine, "monitor_path", lambda path: "@somewhere")
    monkeypatch.setattr(Script, "Parse", lambda self, command, eater=None: False)
    with pytest.raises(RenodeWifiError, match="refuses"):
        RenodeEngine.of_board(BOARD, None, None)
    driven.end_idle()
    assert closed == [True]


# Renode's end.


@pytest.fixture
def renode_ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Renode would end in the test, by the driver, once and with its temporary folder."""
    dotnet.KILLS.clear()
    dotnet.FOLDERS.clear()
    yield
    deadline = time.monotonic() + 30
    while not dotnet.KILLS and time.monotonic() < deadline:
        time.sleep(0.005)
    assert dotnet.KILLS[0] == os.getpid()
    assert dotnet.FOLDERS[0] == "renode-folder"


@pytest.mark.usefixtures("renode_ends")
def test_the_driver_ends_renode_when_the_connection_ends(renode: RenodeEngine) -> None:
    renode.close()
    driven.end_idle()


@pytest.mark.usefixtures("renode_ends")
def test_a_driver_without_an_engine_ends_renode() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    driver.Driver(Script(), f"{port}:token").start()


@pytest.mark.usefixtures("renode_ends")
def test_a_request_without_end_does_not_keep_renode(
    renode: RenodeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(Script, "Parse", lambda self, command, eater: go_on.wait(60))
    monkeypatch.setattr(driver, "WATCH_MS", 1)
    running = RenodeEngine.empty()
    stream = running._renode._connected()
    stream.write("execute\tendless\n")
    stream.flush()
    running._renode.close()

"""The files that Renode executes, with a stand-in for Renode: models, link and helper together."""

from __future__ import annotations

import json
import runpy
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from renode_wifi.emulation.engines.renode import connections, protocol
from renode_wifi.emulation.platform.boards import PLATFORMS
from tests.emulation.engines.renode import dotnet
from tests.emulation.engines.renode.conftest import HOME, TRACED, forget_machines

# Behind the stand-in, which it needs.
from renode_wifi.emulation.engines.renode.inside import (  # isort: skip
    adapters,
    commands,
    processes,
    remote,
    types,
)

MODELS = PLATFORMS / "renode_models.py"
NSS, RESET, READY = 0, 1, 0
SPI_SR, SPI_DR = 0x08, 0x0C
BOOT_NS = 200_000_000
MILLISECOND = 1_000_000


def logged(level: str) -> str:
    return "\n".join(text for found, text in dotnet.LOGGED if found == level)


def ready(machine: dotnet.Machine) -> bool:
    return bool(machine.names["ism43362"].Connections[READY].is_set)


def exchange(machine: dotnet.Machine, data: bytes) -> bytes:
    """One chip-select window with `data`, or as long as the module is ready."""
    spi, module = machine.names["spi3"], machine.names["ism43362"]
    answer = bytearray()
    module.OnGPIO(NSS, False)
    if data:
        for i in range(0, len(data), 2):
            spi.WriteWord(SPI_DR, int.from_bytes(data[i : i + 2], "little"))
            spi.ReadWord(SPI_DR)
    while not data and ready(machine):
        spi.WriteWord(SPI_DR, 0x0A0A)
        assert spi.ReadDoubleWord(SPI_SR) & 1
        answer += int(spi.ReadWord(SPI_DR)).to_bytes(2, "little")
    module.OnGPIO(NSS, True)
    machine.advance(1000)
    return bytes(answer)


def boot(machine: dotnet.Machine) -> None:
    module = machine.names["ism43362"]
    module.OnGPIO(NSS, True)
    module.OnGPIO(RESET, True)
    machine.advance(BOOT_NS)
    assert exchange(machine, b"") == b"\x15\x15\r\n> "


def test_the_module_boots_and_answers(board: dotnet.Machine) -> None:
    boot(board)
    exchange(board, b"I?\r\n")
    assert not ready(board)
    board.advance(MILLISECOND)
    assert b"ISM43362-M3G" in exchange(board, b"")
    assert [event[2] for event in TRACED][:2] == ["booted", "at"]


def test_a_dead_helper_silences_the_radio_and_is_logged(
    board: dotnet.Machine, worlds: connections.Worlds
) -> None:
    boot(board)
    worlds.close()
    exchange(board, b"I?\r\n")
    board.advance(MILLISECOND)
    assert not ready(board)
    assert "the radio is dead" in logged("error")
    exchange(board, b"I?\r\n")
    assert logged("error").count("the radio is dead") == 1


def test_faults_and_servers_reach_the_world(
    board: dotnet.Machine, worlds: connections.Worlds, capsys: pytest.CaptureFixture[str]
) -> None:
    boot(board)
    scope = runpy.run_path(str(MODELS), {"self": dotnet.Monitor(board)})
    scope["mc_wifi_fault"]("ap-vanishes", "access_point: renode-wifi")
    assert board.paused == 0
    scope["mc_wifi_server"]("echo")
    assert json.loads(capsys.readouterr().out)["name"] == "echo"
    with pytest.raises(remote.HelperError, match="does not take ssid"):
        scope["mc_wifi_fault"]("ap-vanishes", "ssid: renode-wifi")
    with pytest.raises(remote.HelperError, match="nobody"):
        scope["mc_wifi_server"]("nobody")


def test_the_commands_of_the_script_compose_a_board(
    worlds: connections.Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    renode = dotnet.Machine()
    scope = runpy.run_path(str(MODELS), {"self": dotnet.Monitor(renode)})
    scope["mc_wifi_world"](HOME, 7)
    scope["mc_wifi_model"]("pwr", "STM32L4_PWR", "sysbus <0x40007000, +0x400>")
    _, place = renode.SystemBus.registered[-1]
    assert place == (0x40007000, 0x400)
    assert renode.names["pwr"].Size == 0x400
    assert worlds.services[-1].world.seed == 7


def test_the_package_is_made_importable_where_it_is_not_installed() -> None:
    modules = {name: sys.modules.pop(name) for name in list(sys.modules) if name == "renode_wifi"}
    try:
        scope = runpy.run_path(str(MODELS))
        assert scope["wifi_import"]() is not None
        assert sys.modules["renode_wifi"].__path__ == [str(MODELS.parent.parent)]
    finally:
        sys.modules.update(modules)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("x", "Nonsense", "sysbus 0x40000000", ""), "no model is called Nonsense"),
        (("x", "STM32L4_PWR", "spi3", ""), "registered on sysbus"),
        (("x", "STM32L4_PWR", "sysbus <here>", ""), "no range"),
        (("x", "STM32L4_WWDG", "sysbus 0x40002C00", "frequency"), "has no value"),
        (("x", "STM32L4_WWDG", "sysbus 0x40002C00", "frequency: fast"), "not a number"),
        (("x", "ISM43362", "spi9", ""), "no ISM43362 fits there"),
        (("pwr", "STM32L4_PWR", "sysbus 0x40007000", ""), "exists already"),
    ],
)
def test_what_cannot_be_created_is_reported(
    machine: dotnet.Machine, arguments: tuple[str, ...], problem: str
) -> None:
    commands.model(machine, "pwr", "STM32L4_PWR", "sysbus <0x40007000, 0x40007400>", "")
    with pytest.raises(commands.CommandError, match=problem):
        commands.model(machine, *arguments)


def test_vectors_are_where_the_script_says(machine: dotnet.Machine) -> None:
    commands.vectors(machine, 0x0100_0800)
    assert machine["sysbus.cpu"].VectorTableOffset == 0x0100_0800


def test_a_world_comes_first(worlds: connections.Worlds) -> None:
    with pytest.raises(commands.CommandError, match="no world yet"):
        commands.server(dotnet.Machine(), "echo")
    with pytest.raises(commands.CommandError, match="no machine"):
        commands.model(None, "pwr", "STM32L4_PWR", "sysbus <0x40007000, +0x400>", "")
    with pytest.raises(remote.HelperError, match=r"nowhere\.yaml"):
        commands.world("nowhere.yaml", 5, "")
    with pytest.raises(commands.CommandError, match="seed is 'abc': give a whole number"):
        commands.world(HOME, "abc", "")


def test_a_world_that_no_machine_enters_ends_with_the_next(worlds: connections.Worlds) -> None:
    commands.world(HOME, "world", "")
    (unused,) = commands.prepared
    commands.world(HOME, "5", "")
    assert unused.dead
    assert len(commands.prepared) == 1


def test_each_machine_has_its_world(machine: dotnet.Machine) -> None:
    commands.world(HOME, "world", "")
    other = commands.machine_of(dotnet.Machine())
    assert other.world is not commands.machines[0].world
    assert commands.machine_of(machine) is commands.machines[0]
    # One after the other, so that no run is unlike another.
    assert dotnet.EMULATION.serial


def test_machines_that_name_a_world_share_it(worlds: connections.Worlds) -> None:
    machines = []
    for _ in range(2):
        commands.world(HOME, "world", "lab")
        renode = dotnet.Machine()
        commands.model(renode, "spi3", "STM32L4_SPI", "sysbus <0x40003C00, +0x400>", "")
        commands.model(renode, "ism43362", "ISM43362", "spi3", "")
        machines.append(commands.machine_of(renode))
    one, two = machines
    assert one.world is two.world
    assert len(worlds.services) == 1
    two.trace("flash", "flash-erase", pages=1)
    one.trace("flash", "flash-erase", pages=2)
    assert [event[1] for event in TRACED] == ["machine-1/flash", "flash"]
    # What the world does for one is due on its clock, and arrives at the right machine.
    two.renode.names["ism43362"].OnGPIO(RESET, True)
    one.renode.advance(2 * BOOT_NS)
    two.renode.advance(2 * BOOT_NS)
    assert ready(two.renode)
    assert not ready(one.renode)
    two.renode.names["spi3"].Dispose()
    assert not one.world.dead
    one.renode.names["spi3"].Dispose()
    assert one.world.dead


def test_a_shared_world_is_one_file_with_one_seed(worlds: connections.Worlds) -> None:
    commands.world(HOME, "world", "lab")
    commands.machine_of(dotnet.Machine())
    with pytest.raises(commands.CommandError, match="give the same file and seed"):
        commands.world(HOME, 8, "lab")


def test_models_are_registered_by_the_names_of_their_types(board: dotnet.Machine) -> None:
    spi, module = board.names["spi3"], board.names["ism43362"]
    assert type(spi).__name__ == "STM32L4_SPI"
    assert type(module).__name__ == "ISM43362"
    commands.model(board, "spi1", "STM32L4_SPI", "sysbus <0x40013000, +0x400>", "")
    assert type(board.names["spi1"]) is type(spi)
    # A radio is on no bus.
    with pytest.raises(AttributeError):
        module.ReadByte(0)
    # Loads, the adapter's method with two arguments, and its result.
    assert [each[0] for each in spi.code["WriteWord"]] == (
        ["Ldarg_0", "Ldfld", "Castclass", "Ldarg_S", "Ldarg_S", "Callvirt", "Ret"]
    )
    assert ("Ldstr", types.CANNOT_SAVE) in spi.code["RefuseToBeSaved"]


def test_a_machine_whose_radio_its_world_refuses_is_removed(
    worlds: connections.Worlds, tmp_path: Path
) -> None:
    path = tmp_path / "world.yaml"
    path.write_text(f"{Path(HOME).read_text(encoding='utf-8')}  options: {{nonsense: 3}}\n")
    commands.world(str(path), "world", "")
    renode = dotnet.Machine()
    commands.model(renode, "spi3", "STM32L4_SPI", "sysbus <0x40003C00, +0x400>", "")
    with pytest.raises(remote.HelperError, match="no attribute 'nonsense'"):
        commands.model(renode, "ism43362", "ISM43362", "spi3", "")
    assert dotnet.EMULATION.Machines == []
    assert commands.machines[0].closed


def test_attributes_are_read_as_in_descriptions() -> None:
    assert commands.parse_attributes('a: 0x10; b: true; c: "text"; d: 5;') == {
        "a": 16,
        "b": True,
        "c": "text",
        "d": 5,
    }


def test_the_core_clock_follows_the_clock_tree(machine: dotnet.Machine) -> None:
    commands.model(machine, "rcc", "STM32L4_RCC", "sysbus <0x40021000, +0x400>", "")
    assert machine.SystemBus.cpu.PerformanceInMips == 4
    assert machine["sysbus.nvic"].Frequency == 4_000_000
    # HSI16 on, then chosen.
    machine.names["rcc"].WriteDoubleWord(0x00, 0x163)
    machine.names["rcc"].WriteDoubleWord(0x08, 1)
    assert machine.SystemBus.cpu.PerformanceInMips == 16


def test_resets_by_the_rcc_reach_renodes_own_blocks(machine: dotnet.Machine) -> None:
    commands.model(machine, "rcc", "STM32L4_RCC", "sysbus <0x40021000, +0x400>", "")
    machine.names["rcc"].WriteDoubleWord(0x38, 1)
    assert machine["sysbus.tim2"].resets == 1


def test_a_watchdogs_reset_is_no_reset_of_the_core(machine: dotnet.Machine) -> None:
    commands.model(machine, "rcc", "STM32L4_RCC", "sysbus <0x40021000, +0x400>", "")
    rcc = machine.names["rcc"]
    commands.machines[0].request_reset("wwdg")
    assert rcc.ReadDoubleWord(0x94) >> 30 & 1
    machine.Reset()
    assert rcc.ReadDoubleWord(0x94) >> 28 & 1


def test_random_numbers_are_the_worlds(machine: dotnet.Machine, worlds: connections.Worlds) -> None:
    commands.model(machine, "rng", "STM32L4_RNG", "sysbus <0x50060800, +0x400>", "")
    rng = machine.names["rng"]
    rng.WriteDoubleWord(0, 4)
    source = worlds.services[-1].machines["machine-0"].random("rng")
    words = [rng.ReadDoubleWord(8) for _ in range(70)]
    assert words == [source.getrandbits(32) for _ in range(70)]


def test_flash_is_programmed_through_its_controller(machine: dotnet.Machine) -> None:
    commands.model(
        machine,
        "flash",
        "STM32L4_FLASH",
        "sysbus <0x40022000, +0x400>",
        "base: 0x08000000; size: 0x100000",
    )
    flash, bus = machine.names["flash"], machine.SystemBus
    flash.WriteDoubleWord(0x08, 0x45670123)
    flash.WriteDoubleWord(0x08, 0xCDEF89AB)
    assert not bus.pages
    bus.WriteBytes([0xFE] * 0x400, 0x08000400)
    flash.WriteDoubleWord(0x14, 1)
    assert {0x08000000, 0x080FFC00} <= bus.pages
    # Loads from a page without an erased slot stay fast.
    assert 0x08000400 not in bus.pages
    hooks = bus.SetHookBeforePeripheralWrite.by_type
    # A loader's write is none of the core's.
    assert hooks["UInt32"](5, 0x1000) == 5
    bus.on_cpu = True
    assert hooks["UInt32"](0x11223344, 0x1000) == 0xFFFFFFFF
    assert hooks["UInt32"](0x55667788, 0x1004) == 0x55667788
    assert bus.ReadDoubleWord(0x08001000) == 0x11223344
    machine.advance(MILLISECOND)
    flash.WriteDoubleWord(0x14, 0)
    # A store outside of programming passes; the next double word finds everything as it was.
    assert hooks["UInt32"](5, 0x1000) == 5
    assert bus.pages
    flash.WriteDoubleWord(0x14, 1)
    flash.WriteDoubleWord(0x14, 0)
    machine.advance(2 * MILLISECOND)
    assert not bus.pages
    # A page that is erased can be programmed next.
    flash.WriteDoubleWord(0x14, 1)
    assert 0x08000400 not in bus.pages
    flash.WriteDoubleWord(0x14, 0)
    flash.WriteDoubleWord(0x14, 0x10002)
    assert not bus.pages
    flash.WriteDoubleWord(0x14, 1)
    assert 0x08000400 in bus.pages
    # A half-word can't be programmed.
    hooks["UInt16"](0x1234, 0x2000)
    hooks["Byte"](0x12, 0x2000)
    assert flash.ReadDoubleWord(0x10) & 0x40


def test_a_models_mistake_is_logged_and_reads_zero(
    machine: dotnet.Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        name = "broken"
        lines: dict[int, Any] = {}

        def fail(self, *arguments: object) -> int:
            raise ValueError("a mistake")

        read = write = on_gpio = reset = fail

    ours = commands.machines[0]
    adapter = adapters.BusAdapter(ours, Broken(), 4)
    reads = (adapter.ReadByte, adapter.ReadWord, adapter.ReadDoubleWord)
    writes = (adapter.WriteByte, adapter.WriteWord, adapter.WriteDoubleWord)
    assert [read(0) for read in reads] == [0, 0, 0]
    for write in writes:
        write(0, 1)
    adapter.OnGPIO(0, True)
    adapter.Reset()
    assert logged("error").count("a mistake") == 8
    ours.clock.schedule(5, Broken().fail)
    machine.advance(10)
    assert "an event failed: a mistake" in logged("error")
    ours.links["broken"] = Broken()
    ours.call("broken", "fail", [])
    assert "broken: fail failed" in logged("error")


def test_events_come_in_the_order_of_their_times(machine: dotnet.Machine) -> None:
    clock = commands.machines[0].clock
    seen: list[int] = []
    for delay in (30, 10, 20, 10):
        clock.schedule(delay, partial(seen.append, delay))
    clock.schedule(15, partial(seen.append, 15)).cancel()
    machine.SystemBus.on_cpu = True
    machine.advance(40)
    assert seen == [10, 10, 20, 30]
    assert machine.SystemBus.cpu.syncs


def test_models_log_and_reach_the_bus(machine: dotnet.Machine) -> None:
    ours = commands.machines[0]
    ours.log.debug("a %d", 1)
    ours.log.info("b")
    ours.log.warning("c %s", "d")
    assert dotnet.LOGGED[-3:] == [("debug", "a 1"), ("info", "b"), ("warning", "c d")]
    for width, value in ((4, 0x12345678), (2, 0x9ABC), (1, 0xDE)):
        ours.bus.write(0x20000000, value, width)
        assert ours.bus.read(0x20000000, width) == value
    ours.bus.write_bytes(0x20000010, b"\x01\x02")
    assert ours.bus.read_bytes(0x20000010, 2) == b"\x01\x02"
    with pytest.raises(KeyError):
        ours.peripheral("nobody")
    ours.trace("flash", "flash-erase", pages=3, why="test")
    assert TRACED[-1] == (0, "flash", "flash-erase", {"pages": 3, "why": "test"})


def test_a_disposed_machine_lets_its_helper_go(board: dotnet.Machine) -> None:
    board.names["spi3"].Dispose()
    assert commands.machines[0].world.dead
    commands.world(HOME, "world", "")
    commands.machine_of(dotnet.Machine())
    assert len(commands.machines) == 1


def said_of_stops() -> list[str]:
    """What the helper of the prepared world gets of two machines that pause, and go on."""
    helper = commands.prepared[0]._helper
    one, two = dotnet.Machine(), dotnet.Machine()
    commands.machine_of(one).mend_blocks()
    commands.prepared.append(commands.machines[0].world)
    commands.machine_of(two).mend_blocks()
    said: list[str] = []
    helper._process.StandardInput.WriteLine = said.append
    handles = [machine.SystemBus.cpu.TimeHandle for machine in (one, two)]
    # As by a pause of everything, and by one of the second machine while the first goes on.
    for changes in (
        (handles[0].PauseRequested, handles[1].PauseRequested, handles[0].PauseRequested),
        (handles[0].StartRequested, handles[1].StartRequested),
        (handles[1].PauseRequested, handles[0].StartRequested),
    ):
        for change in changes:
            change()
    return said


def test_a_helper_is_started_where_none_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(protocol.ENVIRONMENT, raising=False)
    monkeypatch.setenv(processes.INTERPRETER, sys.executable)
    commands.world(HOME, "world", "")
    process = commands.prepared[0]._helper._process.process
    assert process.poll() is None
    assert said_of_stops() == ["stop", "go", "stop"]
    forget_machines()
    assert process.wait(30) == 0


def test_an_interpreter_that_will_not_do_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(protocol.ENVIRONMENT, raising=False)
    monkeypatch.setenv(processes.INTERPRETER, "/bin/false")
    with pytest.raises(remote.HelperError, match="ended at once"):
        commands.world(HOME, "world", "")
    monkeypatch.setenv(processes.INTERPRETER, str(tmp_path / "python"))
    with pytest.raises(remote.HelperError, match="cannot start"):
        commands.world(HOME, "world", "")
    monkeypatch.setenv(protocol.ENVIRONMENT, "1:secret")
    with pytest.raises(remote.HelperError, match="no radio helper answers"):
        commands.world(HOME, "world", "")


def test_the_interpreter_is_looked_for_beside_the_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(processes.INTERPRETER, raising=False)
    installed = tmp_path / "lib" / "python3.11" / "site-packages" / "renode_wifi"
    assert processes.interpreter(str(installed)) == "python3"
    assert processes.import_path(str(installed)) == str(installed.parent)
    program = tmp_path / "bin" / "python3"
    program.parent.mkdir()
    program.touch()
    assert processes.interpreter(str(installed)) == str(program)
    assert (Path(processes.import_path(processes.package_root())) / "renode_wifi").is_dir()


POWER, ANNOUNCED = 0, 0
WIRE_BOOT_NS = 60_000_000


def test_the_network_processor_boots_and_announces_itself(machine: dotnet.Machine) -> None:
    commands.model(machine, "lspi", "CC3220_McSPI", "sysbus <0x44022000, +0x200>", "")
    commands.model(machine, "nwp", "CC3220_NWP", "lspi", "")
    nwp = machine.names["nwp"]
    interrupt = nwp.Connections[ANNOUNCED]
    nwp.OnGPIO(POWER, True)
    assert not interrupt.is_set
    machine.advance(WIRE_BOOT_NS)
    assert interrupt.is_set
    link = commands.machines[0].links["nwp"]
    link.processor.on_garbage(0x1234)
    assert "belongs to no message" not in logged("error")
    # A message that makes no sense: the processor aborts, and says so.
    link.processor.receive(b"\x00\x00\x00\x00")
    machine.advance(WIRE_BOOT_NS)
    assert link.waiting == 2
    nwp.OnGPIO(POWER, False)
    assert not interrupt.is_set

"""A board's machine: running, resets, snapshots, observers."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.image import Image, Segment
from renode_wifi.emulation.platform.core import Stop
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.platform.stock.system_bus import Places, block_size
from renode_wifi.emulation.platform.stock.tagged_range import Tag
from renode_wifi.emulation.platform.syntax import Range
from tests.emulation.guest import CHIP, RAM, counting_monitor, machine_with, monitor_with

MILLISECOND = 1_000_000
WATCHED = (
    CHIP
    + """
iwdg: Timers.STM32_IndependentWatchdog @ sysbus 0x40003000
    frequency: 32000

usart1: UART.STM32F7_USART @ sysbus 0x40013800
    frequency: 80000000
    -> nvic@37
"""
)


class Constant:
    """A block that reads the same everywhere."""

    def __init__(self, value: int) -> None:
        self.value = value

    def read(self, offset: int, width: int) -> int:
        return self.value

    def write(self, offset: int, value: int, width: int) -> None:
        pass

    def reset(self) -> None:
        pass


def counting_machine(tmp_path: Path) -> Machine:
    return counting_monitor(tmp_path).current


def count(machine: Machine) -> int:
    return machine.bus.read(RAM, 4)


def test_guest_runs_for_the_time_asked(tmp_path: Path) -> None:
    machine = counting_machine(tmp_path)
    assert machine.run(MILLISECOND) is Stop.TIME
    assert machine.now == pytest.approx(MILLISECOND, abs=1000)
    assert count(machine) == pytest.approx(80_000 / 3, rel=0.01)


def test_core_clock_sets_the_pace(tmp_path: Path) -> None:
    machine = counting_machine(tmp_path)
    machine.set_cpu_frequency(8_000_000)
    machine.run(MILLISECOND)
    assert count(machine) == pytest.approx(8_000 / 3, rel=0.01)


def test_random_streams_follow_seed_and_name() -> None:
    machine = machine_with()
    first = machine.random("a").random()
    assert machine.random("a").random() == first
    assert machine.random("b").random() != first
    machine.seed = 1
    assert machine.random("a").random() != first


def test_run_sliced_and_restored_is_the_run_in_one_go(tmp_path: Path) -> None:
    whole, cut = counting_machine(tmp_path), counting_machine(tmp_path)
    whole.run(3 * MILLISECOND)
    cut.run(MILLISECOND // 3)
    state = cut.save()
    cut.run(2 * MILLISECOND)
    cut.restore(state)
    assert cut.now < MILLISECOND
    cut.run(3 * MILLISECOND)
    assert (cut.now, count(cut)) == (whole.now, count(whole))


def test_snapshot_goes_to_another_machine_of_the_same_make(tmp_path: Path) -> None:
    first, second = counting_machine(tmp_path), machine_with()
    first.run(MILLISECOND)
    second.restore(first.save())
    first.run(2 * MILLISECOND)
    second.run(2 * MILLISECOND)
    assert count(second) == count(first)


def test_snapshot_keeps_models_wires_and_events() -> None:
    machine = machine_with(WATCHED)
    uart, nvic = machine.peripheral("usart1"), machine.peripheral("nvic")
    machine.bus.write(0x4000_3000, 0xCCCC, 4)
    uart.write(0x00, 0x2D, 4)
    state = machine.save()
    assert machine.core.clock.next_time is not None
    due = machine.core.clock.next_time
    uart.receive(0x41)
    machine.restore(state)
    assert machine.peripheral("usart1") is uart
    assert machine.peripheral("nvic") is nvic
    assert machine.core.clock.next_time == due
    assert not uart.lines["IRQ"].level
    uart.lines["IRQ"].set(True)
    assert machine.bus.read(0xE000_E204, 4) & 1 << (37 - 32)


def test_saved_state_is_of_this_board_only(tmp_path: Path) -> None:
    state = machine_with(WATCHED).save()
    with pytest.raises(RenodeWifiError, match="of another board"):
        machine_with().restore(state)


@pytest.mark.parametrize("state", [b"", b"nonsense"])
def test_what_is_no_snapshot_is_refused(state: bytes) -> None:
    with pytest.raises(RenodeWifiError, match="not a snapshot"):
        machine_with().restore(state)


def test_truncated_snapshot_is_refused() -> None:
    machine = machine_with()
    with pytest.raises(RenodeWifiError, match="damaged"):
        machine.restore(machine.save()[:-100])


def test_reset_asked_for_by_a_model_resets_the_chip(tmp_path: Path) -> None:
    machine = counting_machine(tmp_path)
    events: list[tuple[str, dict[str, Any]]] = []
    machine.subscribe(lambda time, source, event, fields: events.append((event, fields)))
    machine.run(MILLISECOND)
    before = count(machine)
    machine.clock.schedule(0, _Reset(machine).ask)
    assert machine.run(machine.now + MILLISECOND // 10) is Stop.TIME
    assert events == [("reset", {"cause": "iwdg"})]
    assert machine.reset_cause == "iwdg"
    assert count(machine) < before


class _Reset:
    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def ask(self) -> None:
        self.machine.request_reset("iwdg")


def test_watchdog_resets_the_board() -> None:
    machine = machine_with(WATCHED)
    # An endless loop: b .
    machine.bus.write_bytes(0x0800_0000, bytes.fromhex("0020002009000008fee7"))
    machine.vector_table = 0x0800_0000
    machine.start()
    machine.bus.write(0x4000_3000, 0xCCCC, 4)
    events: list[dict[str, Any]] = []
    machine.subscribe(lambda time, source, event, fields: events.append(fields))
    machine.run(600 * MILLISECOND)
    assert events[0] == {"cause": "iwdg"}


def test_listener_can_leave(tmp_path: Path) -> None:
    machine = machine_with()
    events: list[str] = []

    def listen(time: int, source: str, event: str, fields: dict[str, Any]) -> None:
        events.append(event)

    machine.subscribe(listen)
    machine.trace("a", "one")
    machine.unsubscribe(listen)
    machine.trace("a", "two")
    assert events == ["one"]


def test_listener_of_one_event_gets_nothing_else() -> None:
    machine = machine_with()
    uart_bytes: list[str] = []
    everything: list[str] = []

    def of_bytes(time: int, source: str, event: str, fields: dict[str, Any]) -> None:
        uart_bytes.append(source)

    def of_all(time: int, source: str, event: str, fields: dict[str, Any]) -> None:
        everything.append(source)

    assert not machine.is_observed("uart")
    machine.subscribe(of_bytes, "uart")
    assert machine.is_observed("uart")
    assert not machine.is_observed("at")
    machine.subscribe(of_all)
    assert machine.is_observed("at")
    machine.trace("a", "uart")
    machine.trace("b", "at")
    machine.unsubscribe(of_bytes)
    machine.trace("c", "uart")
    machine.unsubscribe(of_all)
    machine.trace("d", "at")
    assert uart_bytes == ["a"]
    assert everything == ["a", "b", "c"]


def test_image_outside_of_memory_is_refused(tmp_path: Path) -> None:
    image = Image(tmp_path / "x.bin", "binary", [Segment(0x9000_0000, b"1234")])
    with pytest.raises(RenodeWifiError, match="4 bytes at 0x90000000 are outside"):
        machine_with().load(image)


def test_core_starts_at_the_image_unless_set_otherwise(tmp_path: Path) -> None:
    image = Image(tmp_path / "x", "binary", [Segment(0x0800_0100, bytes(8))])
    machine = machine_with()
    machine.load(image)
    machine.start(image)
    assert machine.vector_table == 0x0800_0100


def test_world_reaches_every_radio() -> None:
    machine = machine_with()
    radio = _Radio()
    machine.add("radio", radio)
    machine.add("lamp", object())
    machine.connect_world("home")
    assert (machine.world, radio.world) == ("home", "home")
    assert machine.radios() == [radio]


class _Radio:
    def power_cycle(self) -> None: ...

    def provision(self, programmed: object, files: object) -> None: ...

    name = "radio"
    world = ""

    def inject_entry(self, entry: dict[str, Any]) -> None: ...

    def connect_world(self, world: str) -> None:
        self.world = world


def test_stop_request_ends_a_run(tmp_path: Path) -> None:
    machine = counting_machine(tmp_path)
    machine.clock.schedule(MILLISECOND, machine.request_stop)
    assert machine.run(1000 * MILLISECOND) is Stop.REQUEST
    assert machine.now < 2 * MILLISECOND


def test_unmapped_address_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    machine = machine_with(WATCHED)
    with caplog.at_level(logging.WARNING):
        machine.core.on_reserved(0x4001_3700, 0)
        machine.core.on_reserved(0x4001_3700, 0)
        machine.core.on_reserved(0x4001_3700, 1)
    assert [record.getMessage().split(",")[0] for record in caplog.records] == [
        "read of 0x40013700",
        "write to 0x40013700",
    ]


def test_a_block_without_its_clock_reads_0_and_the_log_names_the_bit(
    caplog: pytest.LogCaptureFixture,
) -> None:
    machine = machine_with(WATCHED)
    reload = 0x4000_3008
    assert machine.bus.read(reload, 4) == 0xFFF
    machine.set_clock("iwdg", "RCC_X.IWDGEN")
    with caplog.at_level(logging.WARNING):
        assert [machine.bus.read(reload, width) for width in (4, 2, 1)] == [0, 0, 0]
        machine.bus.write(reload - 8, 0x5555, 4)
    assert [record.getMessage() for record in caplog.records] == [
        "iwdg has no clock: RCC_X.IWDGEN; it reads 0 and ignores writes (reported once)"
    ]
    assert machine.bus.model_at(reload) is None
    without = machine.save()
    machine.set_clock("iwdg", "")
    assert machine.bus.read(reload, 4) == 0xFFF
    machine.restore(without)
    assert machine.bus.read(reload, 4) == 0


def test_a_block_that_comes_later_has_no_clock_either() -> None:
    machine = machine_with()
    machine.set_clock("late", "RCC_X.LATEEN")
    machine.tag(Tag(Range(0x5000_0000, 0x5000_0400), "tag"))
    machine.add("late", Constant(0x55))
    machine.register("late", "sysbus", Range(0x5001_0000, 0x5001_0400))
    assert machine.bus.read(0x5001_0000, 4) == 0
    machine.set_clock("late", "")
    assert machine.bus.read(0x5001_0000, 4) == 0x55


def test_log_level_of_one_model(caplog: pytest.LogCaptureFixture) -> None:
    machine = machine_with()
    machine.log_levels.set("noisy", logging.ERROR)
    machine.log_levels.set("noisy", logging.CRITICAL)
    with caplog.at_level(logging.INFO):
        machine.log.error("noisy: %d", 1)
        machine.log.error("other: %d", 2)
    machine.log.filters.clear()
    assert [record.getMessage() for record in caplog.records] == ["other: 2"]


def test_files_are_looked_for_on_the_path(tmp_path: Path) -> None:
    machine = machine_with()
    (tmp_path / "script.py").write_text("")
    assert machine.find_file("script.py") is None
    machine.search_path = [tmp_path]
    assert machine.find_file("script.py") == tmp_path / "script.py"


def test_block_size_without_registers() -> None:
    assert block_size(object()) == 0x400


def test_what_is_free_of_a_range_is_found_between_what_is_taken() -> None:
    places = Places()
    places.claim("b", Range(0x30, 0x40))
    places.claim("a", Range(0x10, 0x20))
    assert places.free_ranges(Range(0x18, 0x50)) == [Range(0x20, 0x30), Range(0x40, 0x50)]
    assert places.free_ranges(Range(0x12, 0x14)) == []
    assert places.free_ranges(Range(0x40, 0x44)) == [Range(0x40, 0x44)]


def test_a_tag_leaves_a_model_where_it_is() -> None:
    machine = machine_with(CHIP + "pwr: Miscellaneous.STM32_PWR @ sysbus 0x40007000\n")
    machine.tag(Tag(Range(0x40006FFC, 0x40007008), "around", 0x1234))
    machine.run(0)
    assert machine.bus.read(0x40006FFC, 4) == 0x1234
    assert machine.bus.read(0x40007000, 4) == 0xC000


def test_a_memory_that_fills_no_page_is_read_and_written() -> None:
    machine = machine_with(
        CHIP + "rom: Memory.MappedMemory @ sysbus 0x1FFFC400\n    size: 0x3C00\n"
    )
    machine.bus.write(0x1FFFC404, 0xCAFE, 2)
    machine.reset()
    assert machine.bus.read(0x1FFFC404, 4) == 0xCAFE


def test_alias_is_part_of_the_name() -> None:
    machine = monitor_with(
        CHIP + 'rng: Miscellaneous.LED @ none\nram:  @ sysbus 0x20000000 as "memory"\n'
    ).current
    assert machine.full_name("ram") == "sysbus.memory"

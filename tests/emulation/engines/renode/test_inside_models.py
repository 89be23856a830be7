"""Models inside Renode: what the catalogue says of them, SysTick and timers."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.emulation.platform import catalogue
from renode_wifi.emulation.platform.boards import PLATFORMS
from renode_wifi.peripherals.base.machine import BenchMachine
from tests.emulation.engines.renode import dotnet

# Behind the stand-in, which it needs.
from renode_wifi.emulation.engines.renode.inside import (  # isort: skip
    commands,
    types,
)


@pytest.mark.parametrize(
    "model",
    [model for model in catalogue.MODELS if model.where != catalogue.STOCK],
    ids=lambda model: model.name,
)
def test_renode_executes_what_the_catalogue_says(model: catalogue.ModelType) -> None:
    place = model.link if isinstance(model, catalogue.RadioType) else model.implementation
    path = PLATFORMS.parent / Path(*place.partition(":")[0].split(".")).with_suffix(".py")
    marked = path.read_text(encoding="utf-8").startswith("# ironpython")
    # The serial flash has a type of Renode's too.
    assert marked == (model.where != catalogue.EMBEDDED) or model.name == "MX25R6435F"


@pytest.mark.parametrize("name", catalogue.names(catalogue.RADIO))
def test_a_radio_has_the_callbacks_and_inputs_that_the_catalogue_says(name: str) -> None:
    model = catalogue.find(name)
    assert isinstance(model, catalogue.RadioType)
    link = catalogue.load(model.link)
    assert all(callable(getattr(link, method)) for method in model.callbacks)
    radio = catalogue.load(model.implementation)(BenchMachine(), "radio")
    assert all(callable(getattr(radio.processor, method)) for method in model.inputs)


CSR, RVR, CVR = 0x10, 0x14, 0x18


def test_systick_starts_from_its_reload_value(machine: dotnet.Machine) -> None:
    commands.machine_of(machine).mend_blocks()
    nvic = machine["sysbus.nvic"]
    store = machine.SystemBus.SetHookBeforePeripheralWrite.by_peripheral[nvic]

    def started() -> list[tuple[int, int]]:
        stores, nvic.stores = nvic.stores, []
        return stores

    assert store(0, CSR) == 0
    assert store(0, CVR) == 0
    store(79_999, RVR)
    assert started() == []
    machine.SystemBus.on_cpu = True
    synced = machine.SystemBus.cpu.syncs
    assert store(7, CSR) == 7
    assert started() == [(CVR, 0)]
    assert machine.SystemBus.cpu.syncs == synced + 1
    # A pause ends where it began, unless the counter was cleared meanwhile.
    store(6, CSR)
    store(7, CSR)
    assert started() == []
    store(6, CSR)
    store(123, CVR)
    store(7, CSR)
    assert started() == [(CVR, 0)]
    # Renode does what a running counter needs.
    store(0, CVR)
    store(6, CSR)
    store(7, CSR)
    assert started() == []
    machine.MachineReset(machine)
    store(7, CSR)
    assert started() == [(CVR, 0)]


def test_a_period_of_systick_is_a_cycle_longer_than_its_reload_value(
    machine: dotnet.Machine,
) -> None:
    renode = commands.machine_of(machine)
    nvic = machine["sysbus.nvic"]
    renode.set_cpu_frequency(80_000_000)
    assert nvic.Frequency == 80_000_000
    store = machine.SystemBus.SetHookBeforePeripheralWrite.by_peripheral[nvic]
    store(79_999, RVR)
    assert nvic.Frequency * 80_000 == 80_000_000 * 79_999
    renode.set_cpu_frequency(4_000_000)
    assert nvic.Frequency == 3_999_950
    machine.MachineReset(machine)
    renode.set_cpu_frequency(4_000_000)
    assert nvic.Frequency == 4_000_000


def test_a_period_of_a_timer_is_a_count_longer_than_its_reload_value(
    machine: dotnet.Machine,
) -> None:
    timer = machine["sysbus.tim2"]
    timer.Frequency = 80_000_000
    commands.machine_of(machine).mend_blocks()
    store = machine.SystemBus.SetHookBeforePeripheralWrite.by_peripheral[timer]
    assert store(999, 0x2C) == 999
    assert timer.Frequency == 79_920_000
    store(0, 0x2C)
    assert timer.Frequency == 80_000_000
    store(999, 0x2C)
    machine.MachineReset(machine)
    assert timer.Frequency == 80_000_000


def test_an_emulation_with_a_board_has_something_that_refuses_to_be_saved(
    board: dotnet.Machine,
) -> None:
    (refusal,) = dotnet.EMULATION.bag.values()
    assert ("Ldstr", types.CANNOT_SAVE) in refusal.code["RefuseToBeSaved"]


SPI_SR, SPI_DR = 0x08, 0x0C


def test_plain_registers_are_read_past_the_model(board: dotnet.Machine) -> None:
    spi = board.names["spi3"]
    model, asked = spi.adapter.model, []

    def read(offset: int, width: int) -> int:
        asked.append(offset)
        return int(model.read(offset, width))

    spi.adapter._read = read
    model.registers["SR"] = 0x0002
    assert spi.ReadDoubleWord(SPI_SR) == 0x0002
    model.registers["SR"] = 0xFFFFFFFF
    assert spi.ReadDoubleWord(SPI_SR) == 0xFFFFFFFF
    assert asked == []
    # One that has effects, one that is no word's, the first behind the block, one far away.
    others = [SPI_DR, SPI_SR + 1, model.SIZE, 1 << 33]
    for offset in others:
        spi.ReadDoubleWord(offset)
    assert asked == others
    asked.clear()
    spi.Reset()
    assert spi.ReadDoubleWord(SPI_SR) == model.read(SPI_SR, 4) == 0x0002
    assert asked == []

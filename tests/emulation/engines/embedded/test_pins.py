"""Pins and edges served by the core behave as the models do, whatever the guest does with them."""

from __future__ import annotations

from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.engines.embedded import Core
from renode_wifi.peripherals.base.line import Receiver
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.exti import STM32F4_EXTI
from renode_wifi.peripherals.stm32l4.gpio import STM32_GPIOPort
from renode_wifi.peripherals.stm32l4.syscfg import STM32_SYSCFG

BASES = {"gpio": 0x4800_1000, "exti": 0x4001_0400, "syscfg": 0x4001_0000}
PORT = 4
FIRST_IRQ = 6
LISTENED = {0: 1, 1: 0, 3: 2}
"""Pins with that many listeners beside the selector."""


class Listener(Receiver):
    def __init__(self) -> None:
        self.levels: list[tuple[int, bool]] = []

    def on_gpio(self, number: int, level: bool) -> None:
        self.levels.append((number, bool(level)))


class Rig:
    """A port, the selector, the edge detector and an interrupt controller."""

    def __init__(self, served: bool) -> None:
        machine = BenchMachine()
        self.models: dict[str, Any] = {
            "gpio": STM32_GPIOPort(machine, "gpio"),
            "exti": STM32F4_EXTI(machine, "exti"),
            "syscfg": STM32_SYSCFG(machine, "syscfg"),
        }
        self.listener = Listener()
        # Collects the interrupts of the rig that no core serves, and of lines that lead elsewhere.
        self.irqs = Listener()
        self.core = Core() if served else None
        for line in range(16):
            self.models["syscfg"].lines[line].connect(self.models["exti"], line)
            self.models["gpio"].lines[line].connect(self.models["syscfg"].receiver(PORT), line)
            for _ in range(LISTENED.get(line, 0)):
                self.models["gpio"].lines[line].connect(self.listener, line)
            target = self.irqs if self.core is None or line >= 5 else self.core.nvic
            self.models["exti"].lines[line].connect(target, FIRST_IRQ + line)
        if self.core is not None:
            for name, model in self.models.items():
                self.core.map_peripheral(BASES[name], 0x400, model)
            self.core.run(self.core.now)

    def write(self, block: str, offset: int, value: int, width: int) -> None:
        if self.core is None:
            self.models[block].write(offset, value, width)
        else:
            self.core.bus.write(BASES[block] + offset, value, width)

    def drive(self, pin: int, level: bool) -> None:
        """Drive a pin from outside, as an event during a run does."""
        if self.core is None:
            self.models["gpio"].on_gpio(pin, level)
        else:
            self.core.clock.schedule(0, partial(self.models["gpio"].on_gpio, pin, level))
            self.core.run(self.core.now)

    def state(self) -> list[Any]:
        models = self.models
        return [
            *(list(model.registers.values) for model in models.values()),
            *([line.level for line in model.lines.values()] for model in models.values()),
            list(models["exti"].edges.levels),
            list(models["syscfg"].receiver(PORT).levels),
            self.listener.levels,
        ]

    def interrupts(self) -> list[bool]:
        """Which of the first lines are high where they end."""
        if self.core is None:
            last = dict(self.irqs.levels)
            return [last.get(FIRST_IRQ + line, False) for line in range(5)]
        # What is high becomes pending again as soon as it is cleared.
        self.core.bus.write(0xE000_E280, 0xFFFF_FFFF, 4)
        pending = self.core.bus.read(0xE000_E200, 4)
        return [bool(pending >> (FIRST_IRQ + line) & 1) for line in range(5)]


PINS = st.integers(0, 0x1F)
HALF = st.one_of(PINS, st.integers(0, 0xFFFF))
MODES = st.lists(st.sampled_from([0, 1, 1, 0, 2, 3]), min_size=16, max_size=16).map(
    lambda modes: sum(mode << 2 * pin for pin, mode in enumerate(modes))
)
CHOICES = st.lists(st.sampled_from([PORT, PORT, 0]), min_size=4, max_size=4).map(
    lambda ports: sum(port << 4 * line for line, port in enumerate(ports))
)
WORD = st.just(4)
STORES = st.one_of(
    st.tuples(
        st.just("gpio"),
        st.just(0x18),
        st.tuples(HALF, HALF).map(lambda halves: halves[0] << 16 | halves[1]),
        WORD,
    ),
    st.tuples(st.just("gpio"), st.just(0x28), HALF, st.sampled_from([4, 4, 2])),
    st.tuples(st.just("gpio"), st.just(0x14), HALF, WORD),
    st.tuples(st.just("gpio"), st.just(0x00), MODES, WORD),
    st.tuples(st.just("gpio"), st.just(0x04), HALF, WORD),
    st.tuples(st.just("gpio"), st.just(0x0C), MODES, WORD),
    st.tuples(st.just("gpio"), st.just(0x20), st.integers(0, 0xFFFF_FFFF), WORD),
    st.tuples(st.just("gpio"), st.just(0x1C), st.sampled_from([0x1_0003, 3]), WORD),
    st.tuples(st.just("syscfg"), st.sampled_from([0x08, 0x0C]), CHOICES, WORD),
    st.tuples(st.just("exti"), st.sampled_from([0x00, 0x08, 0x0C, 0x10, 0x14, 0x14]), HALF, WORD),
)
DRIVES = st.tuples(st.integers(0, 15), st.booleans())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(STORES, STORES, DRIVES), max_size=60))
def test_served_pins_do_what_the_models_do(steps: list[tuple[Any, ...]]) -> None:
    rigs = [Rig(False), Rig(True)]
    for rig in rigs:
        # Edges of all pins of the port count.
        for offset in (0x08, 0x0C, 0x10, 0x14):
            rig.write("syscfg", offset, 0x4444, 4)
        for offset in (0x00, 0x08):
            rig.write("exti", offset, 0xFFFF, 4)
    for step in steps:
        for rig in rigs:
            if len(step) == 2:
                rig.drive(*step)
            else:
                rig.write(*step)
        assert rigs[1].state() == rigs[0].state()
        assert rigs[1].interrupts() == rigs[0].interrupts()


def test_an_edge_and_its_answer_need_no_model() -> None:
    rig = Rig(True)
    gpio, exti = rig.models["gpio"], rig.models["exti"]
    rig.write("gpio", 0x00, 0b01 << 2 * 2, 4)  # pin 2 is an output, pin 1 an input
    rig.write("syscfg", 0x08, PORT << 4, 4)
    rig.write("exti", 0x00, 1 << 1, 4)
    rig.write("exti", 0x08, 1 << 1, 4)
    assert rig.core is not None
    records = [rig.core.peripheral_map._bindings[id(model)].record for model in (gpio, exti)]
    before = [record.python_accesses for record in records]
    rig.drive(1, True)
    assert rig.interrupts()[1]
    rig.write("exti", 0x14, 1 << 1, 4)
    assert not rig.interrupts()[1]
    rig.write("gpio", 0x18, 1 << 2, 4)
    assert gpio.lines[2].level
    assert [record.python_accesses for record in records] == before


def test_pins_change_their_modes_without_a_model() -> None:
    rig = Rig(True)
    gpio = rig.models["gpio"]
    rig.write("gpio", 0x0C, 1 << 2 * 2, 4)  # pulled up
    rig.write("gpio", 0x00, 0, 4)
    record = rig.core.peripheral_map._bindings[id(gpio)].record if rig.core else None
    assert record is not None
    before = record.python_accesses
    levels = []
    for mode in (1, 0, 1, 3, 0):
        rig.write("gpio", 0x00, mode << 2 * 2, 4)
        levels.append(gpio.lines[2].level)
    assert levels == [False, True, False, False, True]
    assert record.python_accesses == before


def test_nothing_of_the_engine_is_left_in_a_model_between_runs() -> None:
    rig = Rig(True)
    rig.drive(1, True)
    assert rig.models["gpio"].pins.drive is None


def test_a_receiver_that_comes_later_is_reported_at_once() -> None:
    rig = Rig(True)
    gpio = rig.models["gpio"]
    rig.write("gpio", 0x00, 0b01 << 2 * 2, 4)
    later = Listener()
    gpio.lines[2].connect(later, 7)
    assert rig.core is not None
    rig.core.wires_changed()
    rig.write("gpio", 0x18, 1 << 2, 4)
    assert later.levels == [(7, True)]


class Lamp(Listener):
    """Its state is its input's level, inverted."""

    def __init__(self, quiet: bool) -> None:
        super().__init__()
        self.state = True
        self.quiet = quiet

    def on_gpio(self, number: int, level: bool) -> None:
        super().on_gpio(number, level)
        self.state = not level

    def follows(self, number: int) -> bool | None:
        return True if self.quiet else None


def test_a_model_that_only_follows_its_pin_is_not_called() -> None:
    for quiet in (True, False):
        core, lamp = Core(), Lamp(quiet)
        port = STM32_GPIOPort(BenchMachine(), "gpio")
        port.lines[6].connect(lamp, 0)
        core.map_peripheral(BASES["gpio"], 0x400, port)
        core.bus.write(BASES["gpio"], 1 << 12, 4)
        core.run(core.now)
        states = []
        for offset, value in ((0x18, 1 << 6), (0x14, 0), (0x14, 1 << 6), (0x28, 1 << 6)):
            core.bus.write(BASES["gpio"] + offset, value, 4)
            states.append((lamp.state, port.lines[6].level))
        assert states == [(False, True), (True, False), (False, True), (True, False)]
        assert len(lamp.levels) == (0 if quiet else 4)
        core.close()

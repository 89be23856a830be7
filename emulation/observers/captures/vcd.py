"""Signals of a board as a VCD file, for GTKWave, PulseView and sigrok's decoders."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TextIO

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.engines.embedded.logs.signals import ENTRY
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.observers.captures.signals import (
    LineSignal,
    Signal,
    SpiSignal,
    UartSignal,
    find_signals,
)
from renode_wifi.emulation.observers.captures.vcd_writer import VcdWriter
from renode_wifi.emulation.observers.captures.waves import Placed, SpiWave, UartWave, step
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.platform.core import SignalSetting
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.platform.trace import TraceFields
from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.probes.level import LevelProbe
from renode_wifi.peripherals.base.probes.words import WordProbe
from renode_wifi.peripherals.base.register_file import RegisterFile
from renode_wifi.peripherals.base.uart import FrameFormat

CLOCKS = ("rcc",)
"""Blocks that divide the clocks of others."""
ALL_BITS = 0xFFFF_FFFF
ENABLES_OF_CR1, ENABLES_OF_CR2 = 1 << 6, 7 << 5
"""SPE, and the interrupts of SPI; bits of no more meaning in a USART's."""
FORCE, EN = 1 << 20, 1 << 0
SETTINGS = {
    "CR1": ALL_BITS ^ ENABLES_OF_CR1,
    "CR2": ALL_BITS ^ ENABLES_OF_CR2,
    "BRR": ALL_BITS,
    "CH0CONF": ALL_BITS ^ FORCE,
    "CH0CTRL": ALL_BITS ^ EN,
    "IBRD": ALL_BITS,
    "FBRD": ALL_BITS,
    "LCRH": ALL_BITS,
    "CTL": ALL_BITS,
}
"""Registers of serial ports and SPI buses that have to do with speed and format, and which bits."""
MAX_FRAME = 50 * MILLISECOND
"""So long after its beginning a frame may be reported: one of 12 bits at 300 baud takes 40 ms."""

MAX_KEPT = 1_000_000
"""Words and levels; with more, their changes are written during the run."""

Handler = Callable[[int, tuple[int, int, int], Any], Placed | None]
"""Changes by the time, the word (sent, received, bits) or level, and how the block was set then."""
Settings = Callable[[], Any]
Taken = tuple[bytes, dict[int, Any]]
"""What was noted, and how its sources were set."""


class WaveCapture:
    """Writes the changes of the signals that a selection names, from now on.

    selection: see `signals`; without it those that are usual on the board. Raises RenodeWifiError
    for what is not there, and on an engine whose models are elsewhere.
    """

    def __init__(self, board: Session, file: TextIO, selection: str = "") -> None:
        engine = board.engine
        if not isinstance(engine, EmbeddedEngine):
            raise RenodeWifiError(
                f"signals are captured on the embedded engine, not on {engine.name}",
                cure="take --engine embedded",
            )
        self._machine = machine = engine.machine
        signals = find_signals(machine, selection or _usual(machine))
        self._writer = VcdWriter(file)
        self._ports: dict[tuple[str, str], int] = {}
        """Serial ports: sources by source and event of the trace."""
        self._kept: list[Taken] = []
        self._taken = 0
        """Words and levels among them."""
        self._log = machine.core.log_signals(self._take, self._settle)
        self._handlers: list[Handler] = []
        """By the sources of the log."""
        self._looks: dict[int, Settings] = {}
        self._set: dict[int, Any] = {}
        """How sources are set now."""
        for signal in signals:
            self._connect(signal)
        machine.core.wires_changed()
        for event in dict.fromkeys(event for _, event in self._ports):
            engine.subscribe(self._on_byte, event)

    def close(self) -> None:
        """Write what is not written yet; the file stays open."""
        self._take()
        self._write_kept()
        self._writer.close(self._machine.now)

    # What is connected

    def _connect(self, signal: Signal) -> None:
        if isinstance(signal, LineSignal):
            self._writer.add(signal.name, signal.line.level)
            steps = {level: step(signal.name, level) for level in (False, True)}
            self._probe(signal, lambda time, wire, level: (time, steps[level]))
        elif isinstance(signal, UartSignal):
            self._connect_uart(signal)
        else:
            self._connect_bus(signal)

    def _connect_uart(self, signal: UartSignal) -> None:
        for event, wire in (("uart", f"{signal.name}_tx"), ("uart-received", f"{signal.name}_rx")):
            self._writer.add(wire, True)
            key = self._machine.prefix + signal.name, event
            is_timed = event != "uart" or signal.port.timed_transmit
            source = self._source(_uart_handler(UartWave(wire), is_timed))
            self._follow(source, signal.port, signal.port.frame_format)
            self._ports[key] = source

    def _connect_bus(self, signal: SpiSignal) -> None:
        clock, sent, received = (f"{signal.name}_{wire}" for wire in ("sck", "mosi", "miso"))
        for name in (clock, sent, received):
            self._writer.add(name, False)
        wave = SpiWave(clock, sent, received, signal.select)
        bus = signal.controller

        def changes(
            time: int, word: tuple[int, int, int], setting: tuple[int, int]
        ) -> Placed | None:
            return wave.word(time, *word, *setting)

        source = self._source(changes, signal.name)
        self._follow(source, bus, lambda: (bus.bit_time(), bus.mode()))
        bus.attach(WordProbe(self._machine, signal.name, signal.device))
        for line in signal.lines:
            self._writer.add(line.name, line.line.level)
            self._probe(line, wave.line)

    def _probe(self, signal: LineSignal, change: Callable[[int, str, bool], Placed | None]) -> None:
        def changes(time: int, word: tuple[int, int, int], setting: None) -> Placed | None:
            return change(time, signal.name, word[0] != 0)

        self._source(changes, signal.name)
        LevelProbe(self._machine, signal.name, signal.line)

    def _source(self, handler: Handler, probe: str = "") -> int:
        """A source of the log; the core notes what its probe would report, where it can."""
        source = len(self._handlers)
        self._handlers.append(handler)
        if probe:
            self._machine.probes[probe] = partial(self._log.note, source)
            self._machine.noted[probe] = self._log.address, source
        return source

    def _follow(self, source: int, model: object, look: Settings) -> None:
        """Look at how a block is set whenever registers have changed on which that depends."""
        self._log.follow(source, _settings(self._machine, model))
        self._looks[source] = look

    def _settle(self, source: int) -> None:
        """How a source is set from now on is for the words that follow."""
        self._take()
        self._set = {**self._set, source: self._looks[source]()}

    def _take(self) -> None:
        taken = self._log.take()
        if taken:
            self._kept.append((taken, self._set))
            self._taken += len(taken) // ENTRY.size
            if self._taken >= MAX_KEPT:
                self._write_kept()

    # What happens

    def _on_byte(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        """Note a byte; what it means for the wires is for later."""
        port = self._ports.get((source, event))
        if port is not None:
            self._log.note(port, fields["byte"])

    def _write_kept(self) -> None:
        kept = list(self._kept)
        self._kept.clear()
        self._taken = 0
        put, write_until, handlers = self._writer.put, self._writer.write_until, self._handlers
        for taken, setting in kept:
            for time, sent, received, source, bits in ENTRY.iter_unpack(taken):
                write_until(time - MAX_FRAME)
                placed = handlers[source](time, (sent, received, bits), setting.get(source))
                if placed is not None:
                    put(*placed)


def _usual(machine: Machine) -> str:
    known = machine.name in boards.names()
    return boards.find(machine.name).signals if known else ""


def _uart_handler(wave: UartWave, is_timed: bool) -> Handler:
    def on_byte(time: int, word: tuple[int, int, int], form: FrameFormat) -> Placed | None:
        if is_timed:
            time -= _duration(form)
        return wave.frame(max(0, time), word[0], form)

    return on_byte


def _settings(machine: Machine, block: object) -> list[SignalSetting]:
    """What decides how words go over the wires of a block."""
    own = getattr(block, "registers", None)
    if not isinstance(own, RegisterFile):
        return [SignalSetting(block, 0, ALL_BITS)]
    names = [name for name in SETTINGS if name in own.names()]
    settings = [SignalSetting(block, own.offset_of(name) // 4, SETTINGS[name]) for name in names]
    for name in CLOCKS:
        clock = machine.peripherals.get(name)
        file = getattr(clock, "registers", None)
        if isinstance(file, RegisterFile):
            words = range(len(file.values))
            settings += [SignalSetting(clock, word, ALL_BITS) for word in words]
    return settings


def _duration(form: FrameFormat) -> int:
    return form.bit_time * (1 + form.bits + bool(form.parity) + form.stop_bits)

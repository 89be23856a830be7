"""Signals of a board as a VCD file, for GTKWave, PulseView and sigrok's decoders.

Source of the format: IEEE 1364-2005, section 18; the file is written by pyvcd.
"""

from __future__ import annotations

import heapq
import io
import itertools
from collections.abc import Callable, Iterator
from struct import Struct
from typing import Any, TextIO

from vcd import VCDWriter
from vcd.writer import Variable

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.engines.embedded.logs.signals import ENTRY, SignalLog
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.observers.captures.signals import (
    LineSignal,
    Signal,
    SpiSignal,
    UartSignal,
    find_signals,
)
from renode_wifi.emulation.observers.captures.waves import Change, SpiWave, UartWave
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.platform.trace import TraceFields
from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.probes.level import LevelProbe
from renode_wifi.peripherals.base.probes.words import WordProbe
from renode_wifi.peripherals.base.register_file import RegisterFile
from renode_wifi.peripherals.base.uart import FrameFormat

SCOPE = "board"
CLOCKS = ("rcc",)
"""Blocks that divide the clocks of others."""
SETTINGS = ("CR1", "CR2", "BRR", "CH0CONF", "CH0CTRL", "IBRD", "FBRD", "LCRH", "CTL")
"""Registers of serial ports and SPI buses that have to do with speed and format."""
PIECE = 4096
"""Changes that are written to the file at once."""
MAX_FRAME = 50 * MILLISECOND
"""So long after its beginning a frame may be reported: one of 12 bits at 300 baud takes 40 ms."""

MAX_KEPT = 1_000_000
"""Events; with more, their changes are written during the run."""

Handler = Callable[[int, Any, Any], list[Change]]
"""Changes by the time, what was noted, and how the block was set then."""
Settings = Callable[[], Any]
Note = tuple[int, Handler, Any, Any]
Taken = tuple[bytes, list[Any]]
"""What the core noted, and how the buses were set then."""
STREAM_BITS = 16
"""Of a word that the core moves."""


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
        self._file = file
        self._text = io.StringIO()
        self._writer = VCDWriter(
            self._text, timescale="1 ns", date="", version="renode-wifi", check_values=False
        )
        self._wires: dict[str, Variable[Any]] = {}
        self._ports: dict[tuple[str, str], tuple[Handler, Settings]] = {}
        """Serial ports by source and event."""
        self._kept: list[Note | Taken] = []
        self._taken = 0
        """Entries of the core among them."""
        self._log = SignalLog(self._take, self._settle)
        self._noted: list[tuple[Handler, Settings | None]] = []
        """What the core notes, by its numbers."""
        self._set: list[Any] = []
        self._waiting: list[tuple[int, int, list[Change]]] = []
        self._order = itertools.count()
        self._written = self._unwritten = 0
        for signal in signals:
            self._connect(signal)
        machine.core.wires_changed()
        for event in dict.fromkeys(event for _, event in self._ports):
            engine.subscribe(self._on_byte, event)

    def close(self) -> None:
        """Write what is not written yet; the file stays open."""
        self._take()
        self._write_kept()
        self._write_until(None)
        self._writer.close(max(self._written, self._machine.now))
        self._flush()

    # What is connected

    def _connect(self, signal: Signal) -> None:
        if isinstance(signal, LineSignal):
            self._add(signal.name, signal.line.level)
            self._probe(signal, lambda time, wire, level: [(time, wire, level)])
        elif isinstance(signal, UartSignal):
            self._connect_uart(signal)
        else:
            self._connect_bus(signal)

    def _connect_uart(self, signal: UartSignal) -> None:
        for event, wire in (("uart", f"{signal.name}_tx"), ("uart-received", f"{signal.name}_rx")):
            self._add(wire, True)
            key = self._machine.prefix + signal.name, event
            is_timed = event != "uart" or signal.port.timed_transmit
            settings = _remembered(self._machine, signal.port, signal.port.frame_format)
            self._ports[key] = _uart_handler(UartWave(wire), is_timed), settings

    def _connect_bus(self, signal: SpiSignal) -> None:
        names = [f"{signal.name}_{wire}" for wire in ("sck", "mosi", "miso")]
        for name in names:
            self._add(name, False)
        wave = SpiWave(*names)
        bus = signal.controller
        settings = _remembered(self._machine, bus, lambda: (bus.bit_time(), bus.mode()))
        core, kept, log = self._machine.core, self._kept, self._log

        def changes(
            time: int, word: tuple[int, int, int], setting: tuple[int, int]
        ) -> list[Change]:
            return wave.word(time, *word, *setting)

        def note(sent: int, received: int, bits: int) -> None:
            if log.record.count:
                self._take()
            kept.append((core.now, changes, (sent, received, bits), settings()))
            if len(kept) >= MAX_KEPT:
                self._write_kept()

        self._machine.probes[signal.name] = note
        self._note(signal.name, changes, settings)
        bus.attach(WordProbe(self._machine, signal.name, signal.device))
        for line in signal.lines:
            self._add(line.name, line.line.level)
            self._probe(line, wave.line)

    def _probe(self, signal: LineSignal, change: Callable[[int, str, bool], list[Change]]) -> None:
        core, kept, log, name = self._machine.core, self._kept, self._log, signal.name

        def changes(time: int, level: bool, setting: None) -> list[Change]:
            return change(time, name, level)

        def note(level: bool) -> None:
            if log.record.count:
                self._take()
            kept.append((core.now, changes, level, None))
            if len(kept) >= MAX_KEPT:
                self._write_kept()

        self._machine.probes[name] = note
        self._note(name, changes)
        LevelProbe(self._machine, name, signal.line)

    def _note(self, name: str, changes: Handler, settings: Settings | None = None) -> None:
        """Let the core note a signal where it can."""
        self._machine.noted[name] = self._log.address, len(self._noted)
        self._noted.append((changes, settings))

    def _settle(self) -> None:
        """How buses are set from now on is for the words that follow."""
        self._take()
        self._set = [settings and settings() for _, settings in self._noted]

    def _take(self) -> None:
        """Put what the core noted behind what is noted here."""
        taken = self._log.take()
        if taken:
            self._kept.append((taken, self._set))
            self._taken += len(taken) // ENTRY.size
            if self._taken >= MAX_KEPT:
                self._write_kept()

    def _add(self, wire: str, level: bool) -> None:
        self._wires[wire] = self._writer.register_var(SCOPE, wire, "wire", size=1, init=int(level))

    # What happens

    def _on_byte(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        """Note a byte with the port's settings; what it means for the wires is for later."""
        port = self._ports.get((source, event))
        if port is None:
            return
        changes, settings = port
        if self._log.record.count:
            self._take()
        self._kept.append((time, changes, fields["byte"], settings()))
        if len(self._kept) >= MAX_KEPT:
            self._write_kept()

    def _write_kept(self) -> None:
        kept = list(self._kept)
        self._kept.clear()
        self._taken = 0
        for time, handler, noted, setting in self._each(kept):
            self._write_until(time - MAX_FRAME)
            changes = handler(time, noted, setting)
            if changes:
                heapq.heappush(self._waiting, (changes[0][0], next(self._order), changes))

    def _each(self, kept: list[Note | Taken]) -> Iterator[Note]:
        """Notes, those of the core one by one."""
        for note in kept:
            if len(note) == 4:
                yield note
                continue
            taken, setting = note
            for time, source, sent, received in ENTRY.iter_unpack(taken):
                changes, settings = self._noted[source]
                if settings is None:
                    yield time, changes, sent != 0, None
                else:
                    yield time, changes, (sent, received, STREAM_BITS), setting[source]

    def _write_until(self, time: int | None) -> None:
        """Write what begins before `time`, the changes of several wires in the order of time."""
        waiting, wires, change = self._waiting, self._wires, self._writer.change
        while waiting and (time is None or waiting[0][0] < time):
            _, _, changes = heapq.heappop(waiting)
            next_one = waiting[0][0] if waiting else changes[-1][0]
            for index, (at, wire, level) in enumerate(changes):
                if at > next_one:
                    heapq.heappush(waiting, (at, next(self._order), changes[index:]))
                    break
                # Time goes back where a snapshot is restored: what is written stays.
                self._written = max(self._written, at)
                change(wires[wire], self._written, level)
                self._unwritten += 1
        if self._unwritten > PIECE:
            self._flush()

    def _flush(self) -> None:
        self._unwritten = 0
        self._file.write(self._text.getvalue())
        self._text.seek(0)
        self._text.truncate()


def _usual(machine: Machine) -> str:
    known = machine.name in boards.names()
    return boards.find(machine.name).signals if known else ""


def _uart_handler(wave: UartWave, is_timed: bool) -> Handler:
    def on_byte(time: int, byte: int, form: FrameFormat) -> list[Change]:
        if is_timed:
            time -= _duration(form)
        return wave.frame(max(0, time), byte, form)

    return on_byte


def _remembered(machine: Machine, block: object, look: Settings) -> Settings:
    """What `look` says, asked again only when registers have changed on which it depends."""
    own = getattr(block, "registers", None)
    if not isinstance(own, RegisterFile):
        return look
    words = {own.offset_of(name) // 4 for name in SETTINGS if name in own.names()}
    layout = Struct(
        "=" + "".join("I" if n in words else "4x" for n in range(max(words, default=0) + 1))
    )
    files = [getattr(machine.peripherals.get(name), "registers", None) for name in CLOCKS]
    clocks = [file.values for file in files if isinstance(file, RegisterFile)]
    known: tuple[object, ...] = ()
    known_clocks: list[bytes] = []
    setting: Any = None

    def settings() -> Any:
        nonlocal known, known_clocks, setting
        now = layout.unpack_from(own.values)
        if now != known or (clocks and [values.tobytes() for values in clocks] != known_clocks):
            known, known_clocks = now, [values.tobytes() for values in clocks]
            setting = look()
        return setting

    return settings if words else look


def _duration(form: FrameFormat) -> int:
    return form.bit_time * (1 + form.bits + bool(form.parity) + form.stop_bits)

"""Models as the core knows them: register arrays, methods, and where their lines lead."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from renode_wifi.emulation.engines.embedded import model_records, native
from renode_wifi.emulation.engines.embedded.wires import (
    EdgesOf,
    PortWires,
    calendar_wires,
    copier_wires,
    counter_wires,
    crc_wires,
    edge_wires,
    pin_wires,
    queue_wires,
    reply_wires,
    ticker_wires,
    word_port_wires,
)
from renode_wifi.peripherals.base.bus import BusPeripheral
from renode_wifi.peripherals.base.counter import Calendar, Ticker
from renode_wifi.peripherals.base.crc_unit import CrcUnit
from renode_wifi.peripherals.base.pins import Edges, Pins
from renode_wifi.peripherals.base.register_file import RegisterFile
from renode_wifi.peripherals.base.stream import Queue, StreamPort, WordPort
from renode_wifi.peripherals.base.timed.copier import Copier
from renode_wifi.peripherals.base.timed.reply import Reply

__all__ = ["Binding"]

Known = TypeVar("Known")
Timed = Ticker | Copier | Reply
"""What acts at a moment of its own."""


class Binding:
    """A model as the core knows it: its register array and its methods.

    served: the core answers accesses by itself where it can; otherwise the model answers all.
    """

    def __init__(self, model: BusPeripheral, served: bool = True) -> None:
        self.served = served
        self.record = native.ModelRecord()
        self.bind(model)

    def bind(self, model: BusPeripheral) -> None:
        """Take the model's arrays and methods as they are now."""
        self.model = model
        self.read, self.write = model.read, model.write
        registers = self._known("registers", RegisterFile)
        words = 0
        values = array("I")
        if registers is not None:
            values = registers.values
            words = len(values)
        plain, storage = bytearray(words), bytearray(words)
        writable = array("I", bytes(4 * words))
        if registers is not None:
            for word in registers.plain_words():
                plain[word] = 1
            for word, mask in registers.storage_words().items():
                storage[word], writable[word] = 1, mask
        # The core holds bare pointers: these references keep what they point to.
        self.keep = (
            values,
            (ctypes.c_uint8 * words).from_buffer(plain),
            (ctypes.c_uint8 * words).from_buffer(storage),
            writable,
        )
        record = self.record
        record.read, record.write = self.read, self.write
        record.words = 0
        record.values = values.buffer_info()[0]
        record.plain = ctypes.addressof(self.keep[1])
        record.storage = ctypes.addressof(self.keep[2])
        record.writable = writable.buffer_info()[0]
        record.words = words
        self.values = values
        record.crc_unit = record.counters = record.calendar = record.ticker = None
        record.queue = record.word_port = record.copier = record.reply = None
        unit = self._known("crc_unit", CrcUnit)
        if unit is not None:
            self.crc_wires = crc_wires(unit, values)
            record.crc_unit = ctypes.addressof(self.crc_wires)
        counters = self._known("counters", tuple) or ()
        self.counter_wires = counter_wires(counters, values)
        record.counters = ctypes.addressof(self.counter_wires)
        record.counter_count = len(counters)
        calendar = self._known("calendar", Calendar)
        if calendar is not None:
            self.calendar_wires = calendar_wires(calendar, values)
            record.calendar = ctypes.addressof(self.calendar_wires)
        queue = self._known("queue", Queue)
        if queue is not None:
            self.queue_wires = queue_wires(queue, values)
            record.queue = ctypes.addressof(self.queue_wires)
        word_port = self._known("word_port", WordPort)
        if word_port is not None:
            self.word_port_wires = word_port_wires(word_port, values)
            record.word_port = ctypes.addressof(self.word_port_wires)
        self.ticker = self._known("ticker", Ticker)
        self.copier = self._known("copier", Copier)
        self.reply = self._known("reply", Reply)
        self.pins = self._known("pins", Pins)
        self.edges = self._known("edges", Edges)
        port = self._known("port", StreamPort)
        record.port = None
        self.port_wires: PortWires | None = None
        self.forget_wires()
        if port is not None and PortWires.fits(port):
            self.port_wires = PortWires(port, values)
            record.port = ctypes.addressof(self.port_wires.record)

    def _known(self, name: str, kind: type[Known]) -> Known | None:
        """What the model offers to the core under a name, if it is of that kind."""
        value = getattr(self.model, name, None)
        return value if self.served and isinstance(value, kind) else None

    def answer(self, served: bool) -> None:
        """Let the core answer accesses by itself, or not."""
        self.served = served
        self.bind(self.model)

    def forget_wires(self) -> None:
        self.release_pins()
        self.record.pins = self.record.edges = None
        self.pin_wires: model_records.PinsRecord | None = None
        self.edge_wires: model_records.EdgesRecord | None = None

    def look_at_port(self) -> None:
        """What is attached to a port may change between runs."""
        if self.port_wires is not None:
            self.port_wires.look()

    def look_at_edges(self) -> None:
        if self.edges is not None:
            self.edge_wires = edge_wires(self.edges, self.values)
            self.record.edges = ctypes.addressof(self.edge_wires)

    def look_at_pins(self, edges_of: EdgesOf) -> None:
        if self.pins is not None:
            self.pin_wires = pin_wires(self.pins, self.values, edges_of)
            self.record.pins = ctypes.addressof(self.pin_wires)

    def serve_pins(self, core: int | None, drive_pin: Callable[..., bool]) -> None:
        if self.pins is not None and self.pin_wires is not None:
            self.pins.drive = partial(drive_pin, core, ctypes.addressof(self.pin_wires))

    def ticker_record(self) -> model_records.TickerRecord | None:
        return None if self.ticker is None else ticker_wires(self.ticker, self.values)

    def copier_record(self) -> model_records.CopierRecord | None:
        return None if self.copier is None else copier_wires(self.copier, self.values)

    def reply_record(self) -> model_records.ReplyRecord | None:
        return None if self.reply is None else reply_wires(self.reply, self.values)

    def serve(self, kind: str, record: ctypes.Structure) -> None:
        """The core does what `record` is about by itself from now on. kind: "ticker", ..."""
        timed: Timed | None = getattr(self, kind)
        if timed is not None:
            timed.served = True
            setattr(self.record, kind, ctypes.addressof(record))

    def release(self, kind: str) -> None:
        """The model does it again."""
        timed: Timed | None = getattr(self, kind)
        if timed is not None and timed.served:
            timed.served = False
            setattr(self.record, kind, None)
            timed.take_over()

    def release_pins(self) -> None:
        """Between runs a model is nothing but itself, so that it can be saved."""
        if self.pins is not None:
            self.pins.drive = None

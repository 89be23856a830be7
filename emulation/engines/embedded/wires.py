"""Where lines lead: what the core may serve of ports, pins and edge detectors by itself.

The core holds bare pointers to the arrays of the models, and moves what is in them (port.c, pins.c)
wherever nothing but that happens. A line that leads anywhere else is left to the models.

What the core uses as an index is checked here: the arrays may come from a snapshot.
"""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Callable, Sequence

from renode_wifi.emulation.engines.embedded import model_records
from renode_wifi.emulation.engines.embedded.native_core import CoreError
from renode_wifi.peripherals.base.counter import (
    CALENDAR_WORDS,
    COUNTER_WORDS,
    TICKER_WORDS,
    Calendar,
    Counter,
    Ticker,
)
from renode_wifi.peripherals.base.crc_unit import CRC_BITS, CRC_WORDS, MAX_BITS, CrcUnit
from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.pins import PINS, PINS_WORDS, Edges, Pins, PinSelector
from renode_wifi.peripherals.base.probes.level import LevelProbe
from renode_wifi.peripherals.base.stream import (
    CAPACITY,
    PORT_FRAME,
    PORT_LEVEL,
    PORT_LEVELS,
    PORT_WORDS,
    QUEUE_CAPACITY,
    QUEUE_END,
    QUEUE_WORDS,
    STREAM_END,
    STREAM_KEPT,
    STREAM_NEXT,
    STREAM_ROOM,
    STREAM_WORDS,
    WORD_PORT_WORDS,
    Queue,
    StreamPort,
    WordPort,
    WordStream,
)
from renode_wifi.peripherals.base.timed.copier import COPY_WORDS, Copier
from renode_wifi.peripherals.base.timed.reply import (
    MAX_REPLY,
    REPLY_COUNT,
    REPLY_LEFT,
    REPLY_WORDS,
    Reply,
)

EdgesOf = Callable[[object], model_records.EdgesRecord | None]
"""The edge detector of a model, if the core serves it."""


def _place(values: array[int], typecode: str, length: int) -> int:
    """The address of an array that the core may use up to `length`. Raises CoreError."""
    if not isinstance(values, array) or values.typecode != typecode or len(values) < length:
        raise _unsound(f"an array of {length} numbers is not one")
    return values.buffer_info()[0]


def _check_words(values: array[int], *words: int) -> None:
    for word in words:
        if not 0 <= word < len(values):
            raise _unsound(f"there is no register {word}")


def _check_state(port: StreamPort, stream: WordStream | None) -> None:
    if port.state[PORT_FRAME] > 2:
        raise _unsound("a frame is longer than two bytes")
    if port.state[PORT_LEVEL] >= PORT_LEVELS:
        raise _unsound("a receive FIFO holds more than it can")
    if stream is None:
        return
    state = stream.state
    if not state[STREAM_NEXT] <= state[STREAM_END] <= CAPACITY:
        raise _unsound("a device sends more than it has")
    if not (state[STREAM_KEPT] <= CAPACITY and state[STREAM_ROOM] <= CAPACITY):
        raise _unsound("a device receives more than it can")


def _copy_words(source: object, record: ctypes.Structure, values: array[int], *names: str) -> None:
    for name in names:
        word: int = getattr(source, name)
        _check_words(values, word)
        setattr(record, name, word)


def _unsound(reason: str) -> CoreError:
    return CoreError(f"the state of a model is damaged: {reason}", cure="restore a sound snapshot")


def exception_of(line: Line) -> int:
    """The exception that a line and nothing else drives; 0: it leads elsewhere."""
    if len(line._receivers) != 1:
        return 0
    receiver, number = line._receivers[0]
    ask = getattr(receiver, "exception_of", None)
    return 0 if ask is None else int(ask(number))


class PortWires:
    """A data register and the stream behind it."""

    def __init__(self, port: StreamPort, values: array[int]) -> None:
        self.port = port
        self.record = record = model_records.PortRecord()
        _check_words(values, port.data, port.status, port.control)
        record.state = _place(port.state, "I", PORT_WORDS)
        record.data, record.status, record.control = port.data, port.status, port.control
        for index, cause in enumerate(port.causes):
            record.causes[index][:] = cause
        record.overrun = port.overrun
        record.line = port.line

    @staticmethod
    def fits(port: StreamPort) -> bool:
        return len(port.causes) <= model_records.PORT_CAUSES

    def look(self) -> None:
        """See what is attached, and where the interrupt goes."""
        record, stream = self.record, self.port.stream
        record.stream = record.log = None
        probe = self.port.probe
        place = None if probe is None else probe.place
        if place is not None:
            record.log, record.source = place
        # A probe that the core can't notify has the model do the work.
        if stream is not None and (probe is None or place is not None):
            record.stream = _place(stream.state, "I", STREAM_WORDS)
            record.sent = _place(stream.sent, "H", CAPACITY)
            record.received = _place(stream.received, "H", CAPACITY)
            record.ended = stream.ended
        _check_state(self.port, stream)
        record.exception = exception_of(self.port.line)


def counter_wires(
    counters: Sequence[Counter], values: array[int]
) -> ctypes.Array[model_records.CounterRecord]:
    """A model's registers that count with time."""
    records = (model_records.CounterRecord * len(counters))()
    for record, counter in zip(records, counters, strict=True):
        _check_words(values, *counter.words)
        record.state = _place(counter.state, "I", COUNTER_WORDS)
        for index in range(model_records.COUNTER_REGISTERS):
            record.words[index] = counter.words[min(index, len(counter.words) - 1)]
    return records


def queue_wires(queue: Queue, values: array[int]) -> model_records.QueueRecord:
    record = model_records.QueueRecord()
    _copy_words(queue, record, values, "data", "status")
    record.state = _place(queue.state, "I", QUEUE_WORDS)
    record.words = _place(queue.words, "I", QUEUE_CAPACITY)
    if queue.state[QUEUE_END] > QUEUE_CAPACITY:
        raise _unsound("a register has more words to give than it can")
    record.values, record.ready = values.buffer_info()[0], queue.ready
    return record


def word_port_wires(port: WordPort, values: array[int]) -> model_records.WordPortRecord:
    record = model_records.WordPortRecord()
    _copy_words(port, record, values, "send", "receive", "status")
    record.state = _place(port.state, "I", WORD_PORT_WORDS)
    record.values = values.buffer_info()[0]
    return record


def sequence_place(sequence: array[int]) -> int:
    """The address of the number of a clock's last event."""
    return _place(sequence, "Q", 1)


def ticker_wires(ticker: Ticker, values: array[int]) -> model_records.TickerRecord | None:
    """A flag that the core sets; None: its line leads elsewhere."""
    record = model_records.TickerRecord()
    driver = ticker.line
    if len(driver._receivers) == 1:
        receiver, number = driver._receivers[0]
        combines = getattr(receiver, "combines", None)
        if combines is not None:
            levels, driver = combines(number)
            record.levels = _place(levels, "B", number + 1)
            record.level_count, record.level = len(levels), number
    exception = exception_of(driver)
    if not exception:
        return None
    _copy_words(ticker, record, values, "status", "enables")
    record.state = _place(ticker.state, "I", TICKER_WORDS)
    record.values = values.buffer_info()[0]
    record.flag, record.clears = ticker.flag, ticker.clears
    record.interrupts, record.exception = ticker.interrupts, exception
    record.line, record.driver = ticker.line, driver
    record.take_over = ticker.take_over
    return record


def copier_wires(copier: Copier, values: array[int]) -> model_records.CopierRecord:
    record = model_records.CopierRecord()
    channels, words = copier.channels, copier.channels * COPY_WORDS
    if channels > min(model_records.COPIER_CHANNELS, len(copier.lines)) or copier.stride < 4:
        raise _unsound("a DMA controller has more channels than it can")
    _copy_words(copier, record, values, "status", "clear", "first")
    _check_words(values, copier.first + channels * copier.stride - 1)
    record.values = values.buffer_info()[0]
    record.state = _place(copier.state, "I", words)
    record.hertz = _place(copier.hertz, "I", 1)
    for name in ("reload", "peripheral", "memory"):
        setattr(record, name, _place(getattr(copier, name), "I", channels))
    for name in ("channels", "stride", "writable", "batch", "cycles"):
        setattr(record, name, getattr(copier, name))
    for channel, line in enumerate(copier.lines[:channels]):
        record.lines[channel], record.exceptions[channel] = line, exception_of(line)
    record.take_over = copier.take_over
    return record


def reply_wires(reply: Reply, values: array[int]) -> model_records.ReplyRecord:
    record = model_records.ReplyRecord()
    _copy_words(reply, record, values, "command", "length", "data", "status", "clear")
    record.values = values.buffer_info()[0]
    record.state = _place(reply.state, "I", REPLY_WORDS)
    if not reply.state[REPLY_LEFT] <= reply.state[REPLY_COUNT] <= MAX_REPLY:
        raise _unsound("a command has more answer than it can")
    for name in ("busy", "complete", "ready", "level", "kept"):
        setattr(record, name, getattr(reply, name))
    record.take_over = reply.take_over
    return record


def calendar_wires(calendar: Calendar, values: array[int]) -> model_records.CalendarRecord:
    record = model_records.CalendarRecord()
    _copy_words(calendar, record, values, "fraction", "time", "date")
    record.state = _place(calendar.state, "I", CALENDAR_WORDS)
    return record


def crc_wires(unit: CrcUnit, values: array[int]) -> model_records.CrcUnitRecord:
    """A unit that the core feeds."""
    record = model_records.CrcUnitRecord()
    _check_words(values, unit.data, unit.polynomial)
    record.state = _place(unit.state, "I", CRC_WORDS)
    if not 1 <= unit.state[CRC_BITS] <= MAX_BITS:
        raise _unsound("a polynomial has a length that none has")
    record.data, record.polynomial = unit.data, unit.polynomial
    return record


def edge_wires(edges: Edges, values: array[int]) -> model_records.EdgesRecord:
    """An edge detector's first inputs, and the exceptions behind them."""
    record = model_records.EdgesRecord()
    record.values = values.buffer_info()[0]
    record.levels = _place(edges.levels, "I", 1)
    words = (edges.mask, edges.rising, edges.falling, edges.trigger, edges.pending)
    _check_words(values, *words)
    for name in ("mask", "rising", "falling", "trigger", "pending", "detected"):
        setattr(record, name, getattr(edges, name))
    for number, line in enumerate(edges.lines[:PINS]):
        exception = exception_of(line)
        if exception and edges.detected >> number & 1:
            output = record.outputs[number]
            output.line, output.exception = line, exception
            record.served |= 1 << number
    return record


def pin_wires(pins: Pins, values: array[int], edges_of: EdgesOf) -> model_records.PinsRecord:
    """A port's pins: each is served if it leads to an edge detector and one listener at most."""
    record = model_records.PinsRecord()
    record.values = values.buffer_info()[0]
    record.state = _place(pins.state, "I", PINS_WORDS)
    _check_words(values, pins.levels, pins.data, pins.set_reset, pins.reset)
    for name in ("levels", "data", "set_reset", "reset"):
        setattr(record, name, getattr(pins, name))
    if pins.modes is not None:
        record.has_modes = True
        _copy_words(pins.modes, record, values, "mode", "pull", "open_drain")
    if pins.masked is not None:
        _check_words(values, pins.masked.words - 1)
        record.masked.words = pins.masked.words
        names = ("by_level", "both", "high", "enabled", "raw", "masked")
        _copy_words(pins.masked, record.masked, values, *names)
    for number, line in enumerate(pins.lines[:PINS]):
        pin = record.pin[number]
        pin.line = line
        ends = list(line._receivers)
        first = ends[0][0] if ends else None
        # A selector comes first in what a change of the pin does, here as in the core.
        if isinstance(first, PinSelector):
            _, end = ends.pop(0)
            if end != number or not _select(pin, number, first, edges_of):
                continue
        probe = ends[-1][0] if ends else None
        if isinstance(probe, LevelProbe) and probe.place is not None:
            ends.pop()
            pin.log, pin.source = probe.place
        if len(ends) > 1 or any(isinstance(receiver, PinSelector) for receiver, _ in ends):
            continue
        for receiver, end in ends:
            inverted = _follows(receiver, end)
            if inverted is None:
                pin.listener, pin.listener_input = receiver.on_gpio, end
            else:
                pin.follower, pin.inverted = receiver, inverted
        record.served |= 1 << number
    return record


def _follows(receiver: object, end: int) -> bool | None:
    """Whether a model's `state` is its input's level, or that inverted; None: neither."""
    ask = getattr(receiver, "follows", None)
    answer: bool | None = None if ask is None else ask(end)
    return answer


def _select(
    pin: model_records.PinRecord, number: int, selector: PinSelector, edges_of: EdgesOf
) -> bool:
    """Note the way through a selector. False: it doesn't lead to what the core serves."""
    output = selector.outputs[number]
    if len(output._receivers) != 1:
        return False
    detector, end = output._receivers[0]
    edges = edges_of(detector)
    if edges is None or end != number:
        return False
    pin.edges = ctypes.addressof(edges)
    pin.level = _place(selector.levels, "B", PINS) + number
    pin.selected = _place(selector.selected, "B", PINS) + number
    pin.output, pin.choice = output, selector.number
    return True

"""What sensors measure and what is at analogue pins, as a world file says it: values over time."""

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.inputs.quantities import AXES, QUANTITIES, VECTORS
from renode_wifi.peripherals.base.inputs.waveforms import (
    Constant,
    Noise,
    Ramp,
    Samples,
    Sine,
    Square,
    Sum,
    Waveform,
)
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.worldfile.converter import Mapped, Model, Shape, Structuring
from renode_wifi.peripherals.network.worldfile.files import Content
from renode_wifi.peripherals.network.worldfile.rules import (
    Mistake,
    ValueRule,
    choice,
    not_right,
    real,
    text,
)
from renode_wifi.peripherals.network.worldfile.tree import Scalar
from renode_wifi.peripherals.network.worldfile.values import DURATION, Duration, Truth

MAX_SAMPLES = 1_000_000
LIMIT = 1e9
NUMBER = real("a number", -LIMIT, LIMIT)
Number = Annotated[float, NUMBER]


def _period(raw: object) -> int:
    value = DURATION.read(raw)
    if not isinstance(value, int) or value == 0:
        raise ValueError
    return value


Period = Annotated[int, ValueRule("a time above 0 with its unit, such as 10 s", _period)]


@late_dataclass(frozen=True)
class SineSettings(Model):
    DESCRIPTION = "a sine: mean, amplitude, period, and phase in degrees"

    mean: Number
    amplitude: Number
    period: Period
    phase: Number = 0.0

    def waveform(self) -> Waveform:
        return Sine(self.mean, self.amplitude, self.period, self.phase)


@late_dataclass(frozen=True)
class SquareSettings(Model):
    DESCRIPTION = "a square wave: low, high, period, and duty from 0 to 1"

    low: Number
    high: Number
    period: Period
    duty: Annotated[float, real("the part of each period that is high, 0 to 1", 0, 1)] = 0.5

    def waveform(self) -> Waveform:
        return Square(self.low, self.high, self.period, self.duty)


@late_dataclass(frozen=True)
class RampSettings(Model):
    DESCRIPTION = "a straight line: first, last, duration, and when it starts"

    first: Number
    last: Number
    duration: Period
    start: Duration = 0

    def waveform(self) -> Waveform:
        return Ramp(self.first, self.last, self.duration, self.start)


@late_dataclass(frozen=True)
class CsvSettings(Model):
    """Lines of a time in seconds, in ascending order, and values; a first line may name columns."""

    DESCRIPTION = "a file of times in seconds and values, and the column that is meant"

    file: Content
    column: Annotated[str, text("a column's name, or its number (the time is column 1)")] = "2"
    straight: Truth = True
    """Straight lines between the samples; otherwise each stays until the next one."""
    repeat: Truth = False
    """Start anew after the last sample."""

    def check(self) -> Iterator[Mistake]:
        try:
            self.waveform()
        except Mistake as mistake:
            yield mistake

    def waveform(self) -> Waveform:
        """Raises Mistake for a file that does not hold what it should."""
        # Imported late: few worlds have such files.
        import csv

        try:
            rows = list(csv.reader(self.file.decode("utf-8-sig").splitlines()))
        except (UnicodeDecodeError, csv.Error) as error:
            raise self._mistake(f"this is not CSV: {error}", "save it as CSV in UTF-8") from None
        lines = [(number, row) for number, row in enumerate(rows, 1) if any(map(str.strip, row))]
        index = self._index(lines)
        if lines and _number(lines[0][1][0]) is None:
            lines = lines[1:]
        if not lines:
            raise self._mistake("there are no samples", "write lines of a time and a value")
        if len(lines) > MAX_SAMPLES:
            raise self._mistake(f"more than {MAX_SAMPLES} samples", "give fewer of them")
        times, values = [], []
        for number, row in lines:
            time = _number(row[0])
            value = _number(row[index]) if index < len(row) else None
            if time is None or value is None or not 0 <= time < LIMIT:
                raise self._mistake(
                    f"line {number} has no time and value",
                    "write a time in seconds from 0 on, then numbers with a decimal point",
                )
            times.append(round(time * SECOND))
            values.append(value)
            if len(times) > 1 and times[-1] <= times[-2]:
                raise self._mistake(
                    f"the time of line {number} is not after the one before",
                    "sort the lines by their time",
                )
        period = times[-1] if self.repeat else 0
        return Samples(tuple(times), tuple(values), self.straight, period)

    def _index(self, lines: list[tuple[int, list[str]]]) -> int:
        if self.column.isdecimal() and 2 <= int(self.column) <= 10_000:
            return int(self.column) - 1
        header = [cell.strip() for cell in lines[0][1]] if lines else []
        if self.column not in header[1:]:
            raise Mistake(
                f"the file has no column {self.column!r}",
                f"columns of its first line: {', '.join(header[1:]) or 'none'}",
                path=("column",),
                concerns=["file", "column"],
            )
        return header.index(self.column)

    def _mistake(self, message: str, cure: str) -> Mistake:
        return Mistake(message, cure, path=("file",), concerns=["file"])


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= LIMIT else None


@late_dataclass(frozen=True)
class WaveSettings(Model):
    DESCRIPTION = "one of value, sine, square, ramp and csv, and perhaps noise"
    SHAPES = ("value", "sine", "square", "ramp", "csv")

    value: Annotated[float | None, NUMBER] = None
    sine: SineSettings | None = None
    square: SquareSettings | None = None
    ramp: RampSettings | None = None
    csv: CsvSettings | None = None
    noise: Annotated[float, real("a standard deviation from 0 on", 0, LIMIT)] = 0.0

    @classmethod
    def check_keys(cls, written: Mapping[str, object]) -> Iterator[Mistake]:
        given = [shape for shape in cls.SHAPES if shape in written]
        if len(given) > 1 or not set(written) - {"noise"}:
            found = " and ".join(given) if given else "none of them"
            yield Mistake(f"{found} is not right", f"write {cls.DESCRIPTION}")

    def waveform(self) -> Waveform:
        shape = next(
            (made for made in (self.sine, self.square, self.ramp, self.csv) if made is not None),
            None,
        )
        wave = Constant(self.value or 0.0) if shape is None else shape.waveform()
        return Sum((wave, Noise(self.noise))) if self.noise else wave


@late_dataclass(frozen=True)
class Wave(Shape):
    """A number, or a mapping that says how it changes; vector: or three of them."""

    description: str
    vector: bool = False

    def structure(self, raw: object, inner: type, converter: Structuring) -> object:
        if isinstance(raw, list) and self.vector:
            if len(raw) != len(AXES):
                raise not_right(raw, "three values: x, y, z")
            return converter.structure(raw, tuple[Volts, ...])
        if isinstance(raw, dict):
            return converter.structure(raw, WaveSettings).waveform()
        if not isinstance(raw, Scalar):
            raise not_right(raw, self.description)
        value = NUMBER.read(raw)
        assert isinstance(value, float)
        return Constant(value)


WAVE = "a number, or how it changes, such as {sine: {mean: 20, amplitude: 5, period: 60 s}}"
Volts = Annotated[Any, Wave(WAVE)]
QuantityName = Annotated[
    str,
    choice(
        f"a quantity: {', '.join((*VECTORS, *QUANTITIES))}",
        {name: name for name in (*VECTORS, *QUANTITIES)},
    ),
]
Quantities = Annotated[
    dict[QuantityName, Annotated[Any, Wave(WAVE, vector=True)]],
    Mapped("quantities with their values"),
]


def _pin(written: str) -> str:
    if not (written[:1] == "P" and "A" <= written[1:2] <= "H" and written[2:].isdecimal()):
        raise ValueError
    return f"{written[:2]}{int(written[2:])}"


PinName = Annotated[str, text("a pin such as PA0", _pin)]


@late_dataclass(frozen=True)
class SensorSetting:
    """What a part measures. where: its place in the file."""

    part: str
    quantity: str
    waveform: Waveform | tuple[Waveform, ...]
    where: str


@late_dataclass(frozen=True)
class AnalogSetting:
    """The voltage (V) at a pin. where: its place in the file."""

    pin: str
    waveform: Waveform
    where: str

"""What the parts of a board have in common: pins, and what they measure of their surroundings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol, Self, overload

from renode_wifi.peripherals.base.errors import RenodeWifiError, close_matches
from renode_wifi.peripherals.base.inputs.quantities import QUANTITIES, VECTORS
from renode_wifi.peripherals.base.inputs.waveforms import Constant, Waveform
from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.machine import Machine


class Measured:
    """A quantity that a part measures, as an attribute: its value at this moment.

    It is called as in `QUANTITIES`; `of` is that name where the attribute has another one.
    Assigning a number, or a waveform, changes it from now on.
    """

    def __init__(self, default: float = 0.0, of: str = "") -> None:
        self.default = default
        self.of = of

    def __set_name__(self, owner: type[Part], name: str) -> None:
        if not self.of:
            self.of = name
            owner.MEASURES = {**owner.MEASURES, name: self.default}

    @overload
    def __get__(self, part: None, owner: type[Part]) -> Self: ...

    @overload
    def __get__(self, part: Part, owner: type[Part]) -> float: ...

    def __get__(self, part: Part | None, owner: type[Part]) -> Self | float:
        return self if part is None else part.value(self.of)

    def __set__(self, part: Part, value: float | Waveform) -> None:
        part.set(self.of, value)


class MeasuredVector:
    """Three quantities with axes, as one attribute; `of` as with `Measured`."""

    def __init__(self, of: str = "") -> None:
        self.of = of

    def __set_name__(self, owner: type[Part], name: str) -> None:
        self.of = self.of or name

    def __get__(self, part: Part, owner: type[Part]) -> tuple[float, float, float]:
        return part.vector(self.of)

    def __set__(self, part: Part, values: Sequence[float | Waveform]) -> None:
        part.set(self.of, values)


class MeasuredWorld(Protocol):
    """A world, as far as it decides what parts measure."""

    seed: int

    def measured(self, part: str) -> Sequence[Measurement]:
        """What the world file says of a part."""


class Measurement(Protocol):
    """A quantity of a part, as a world file gives it."""

    @property
    def quantity(self) -> str: ...

    @property
    def waveform(self) -> Waveform | tuple[Waveform, ...]: ...

    @property
    def where(self) -> str:
        """Its place in the file."""


class Part:
    """A part with pins: outputs in `lines` by number, inputs by `on_gpio`.

    The chip's reset does not reach it: it keeps what it has until its supply goes (`power_on`).
    """

    OUTPUTS: ClassVar[tuple[int, ...]] = ()
    MEASURES: ClassVar[dict[str, float]] = {}
    """Quantities with their values where no world says otherwise."""

    def __init__(self, machine: Machine, name: str) -> None:
        self.machine = machine
        self.name = name
        self.lines = {output: Line() for output in self.OUTPUTS}
        self.seed = "0"
        self.waveforms: dict[str, Waveform] = {
            quantity: Constant(value) for quantity, value in self.MEASURES.items()
        }

    def power_on(self) -> None:
        """As after the supply came up; what is measured stays."""

    def on_gpio(self, number: int, level: bool) -> None:
        """A pin of the part is driven."""

    # What is measured.

    def value(self, quantity: str, time: int | None = None) -> float:
        """A quantity now, or at a time (ns)."""
        waveform = self.waveforms[self._known(quantity)]
        when = self.machine.clock.now if time is None else time
        return waveform.at(when, f"{self.seed}/{quantity}")

    def vector(self, quantity: str, time: int | None = None) -> tuple[float, float, float]:
        x, y, z = (self.value(f"{quantity}_{axis}", time) for axis in "xyz")
        return x, y, z

    def set(self, quantity: str, value: float | Waveform | Sequence[float | Waveform]) -> None:
        """Let a quantity have a value, or a course, from now on.

        A quantity with axes takes three at once. Raises RenodeWifiError for what the part doesn't
        measure, and for values that make no sense.
        """
        quantity = self._name_of(quantity)
        if isinstance(value, Sequence):
            if quantity not in VECTORS or len(value) != 3:
                raise RenodeWifiError(
                    f"{quantity} of {self.name} does not take {len(value)} values",
                    cure=f"three values are for {', '.join(VECTORS)}",
                )
            for axis, part in zip("xyz", value, strict=True):
                self.set(f"{quantity}_{axis}", part)
            return
        quantity = self._known(quantity)
        if isinstance(value, int | float):
            limits = QUANTITIES[quantity]
            if not limits.minimum <= value <= limits.maximum:
                raise RenodeWifiError(
                    f"{quantity} of {self.name} cannot be {value:g} {limits.unit}",
                    cure=f"give {limits.minimum:g} to {limits.maximum:g} {limits.unit}",
                )
            value = Constant(float(value))
        self.waveforms[quantity] = value
        self.machine.trace(self.name, "measured", quantity=quantity, waveform=repr(value))

    def course(self, quantity: str) -> Waveform | tuple[Waveform, ...]:
        """What a quantity does over time, for `set` to give it back."""
        quantity = self._name_of(quantity)
        if quantity in VECTORS and f"{quantity}_x" in self.waveforms:
            return tuple(self.waveforms[f"{quantity}_{axis}"] for axis in "xyz")
        return self.waveforms[self._known(quantity)]

    def _name_of(self, attribute: str) -> str:
        """An attribute may have another name than its quantity."""
        found = vars(type(self)).get(attribute)
        return found.of if isinstance(found, Measured | MeasuredVector) else attribute

    def _known(self, quantity: str) -> str:
        if quantity in self.waveforms:
            return quantity
        near = close_matches(quantity, self.waveforms)
        measured = ", ".join(sorted(self.waveforms)) or "nothing"
        raise RenodeWifiError(
            f"{self.name} does not measure {quantity}",
            cure=f"did you mean {near[0]}?" if near else f"it measures {measured}",
        )

    def connect_world(self, world: MeasuredWorld) -> None:
        """Let what the world file says of this part be so."""
        self.seed = f"{world.seed}/{self.name}"
        for measurement in world.measured(self.name):
            try:
                self.set(measurement.quantity, measurement.waveform)
            except RenodeWifiError as error:
                raise RenodeWifiError(
                    error.message, where=measurement.where, cure=error.cure
                ) from error


def signed16(value: float) -> bytes:
    """As the parts deliver a sample: little-endian, limited to what sixteen bits hold."""
    return max(-0x8000, min(0x7FFF, round(value))).to_bytes(2, "little", signed=True)

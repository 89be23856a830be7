"""Faults of the board around the radio: flash, power, clock and sensors."""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.faults.power import POWER_ON, BoardMachine, set_clock_scale
from renode_wifi.peripherals.network.faults.radio import RadioFault, RadioFaultPlan
from renode_wifi.peripherals.network.faults.world import Faults
from renode_wifi.peripherals.network.worldfile.fault_kinds import Target
from renode_wifi.peripherals.network.worldfile.faults import FaultSettings
from renode_wifi.peripherals.parts.part import Part

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.world import World

MICROVOLTS_PER_MILLIVOLT = MILLIVOLTS_PER_VOLT = 1000
BROWN_OUT_VOLTS = 2.1
"""Where no block knows the supply: the CC3220SF's (SWAS035, electrical characteristics)."""

FAILS, HALF = "fails", "half"
"""What a flash makes of an operation."""


class FlashKind(Enum):
    """What goes wrong with the flash."""

    WRITE_FAILS = "flash-write-fails"
    PAGE_WORN = "flash-page-worn"
    POWER_CUT = "flash-power-cut"


class FlashFault(RadioFault[FlashKind]):
    """`command` is program or erase. amount of a worn page: its number, None for that at hand."""

    KINDS = FlashKind
    AMOUNTS = {}
    RADIO = "the flash"


@runtime_checkable
class Flash(Protocol):
    """A flash controller, which asks `flash_faults` of its machine before each operation."""

    name: str
    worn_pages: set[int]


@runtime_checkable
class Supply(Protocol):
    """What knows the voltage of the supply, in microvolts."""

    supply: int

    def set_supply(self, millivolts: int) -> None: ...


class FlashFaults:
    """Those of a machine's flash."""

    def __init__(self, machine: BoardMachine) -> None:
        self.machine = machine
        self.plan: RadioFaultPlan[FlashFault] = RadioFaultPlan(FlashKind, machine.clock)

    def inject_fault(self, fault: FaultSettings) -> None:
        made = FlashFault.of(fault, self.machine.clock.now)
        if made.kind is FlashKind.PAGE_WORN and made.amount is not None and fault.at is None:
            self._wear_out(made.amount)
        else:
            self.plan.add(made)

    def _wear_out(self, page: int) -> None:
        for model in self.machine.peripherals.values():
            if isinstance(model, Flash):
                model.worn_pages.add(page)

    def strike(self, operation: str, page: int) -> str:
        """What becomes of an operation on `page` that starts now: FAILS, HALF or as it should."""
        machine = self.machine
        machine.trace("flash", "flash", operation=operation, page=page)
        outcome = ""
        for fault in self.plan.striking(machine.clock.now, operation):
            machine.trace("flash", "fault", kind=fault.kind.value, page=page)
            if fault.kind is FlashKind.PAGE_WORN:
                self._wear_out(page if fault.amount is None else fault.amount)
            elif fault.kind is FlashKind.WRITE_FAILS:
                outcome = FAILS
            else:
                outcome = HALF
                machine.request_reset(POWER_ON)
        return outcome


class BoardFaults:
    """Power, clock and sensors of a machine."""

    def __init__(self, machine: BoardMachine) -> None:
        self.machine = machine

    def inject_fault(self, fault: FaultSettings) -> None:
        """Let it happen now. Raises RenodeWifiError for a sensor that the board has not."""
        machine = self.machine
        machine.trace(machine.name, "fault", kind=fault.do, **fault.arguments)
        if fault.do == "power-cut":
            machine.request_reset(POWER_ON)
            return
        if fault.do == "clock-drift":
            before = machine.clock_scale
            set_clock_scale(machine, 1 + (fault.number("ppm") or 0) / 1e6)
            undo = partial(self._scale, before)
        elif fault.do == "supply-voltage":
            volts, supply = fault.number("volts") or 0, self._supply()
            if supply is None:
                if volts < BROWN_OUT_VOLTS:
                    machine.request_reset(POWER_ON)
                return
            undo = partial(supply.set_supply, supply.supply // MICROVOLTS_PER_MILLIVOLT)
            supply.set_supply(round(volts * MILLIVOLTS_PER_VOLT))
        else:
            quantity, value = fault.text("quantity"), fault.arguments["value"]
            sensor, old = self._sensor(fault.text("sensor"), quantity)
            new = tuple(value for _ in old) if isinstance(old, tuple) else value
            self._set(sensor, quantity, new)
            undo = partial(self._set, sensor, quantity, old)
        if fault.duration is not None:
            machine.clock.schedule(fault.duration, undo)

    def _scale(self, scale: float) -> None:
        set_clock_scale(self.machine, scale)

    def _set(self, sensor: str, quantity: str, value: object) -> None:
        """value: a number, or what the sensor had before."""
        setattr(self.machine.peripherals[sensor], quantity, value)

    def _supply(self) -> Supply | None:
        models = self.machine.peripherals.values()
        return next((model for model in models if isinstance(model, Supply)), None)

    def _sensor(self, name: str, quantity: str) -> tuple[str, object]:
        """The sensor meant, by its name or as the first that measures `quantity`; what it reads."""
        found = {
            each: value
            for each, model in self.machine.peripherals.items()
            if isinstance(value := getattr(model, quantity, None), float | tuple)
            and (isinstance(model, Part) or hasattr(model, "start"))
        }
        chosen = name or next(iter(found), "")
        if chosen not in found:
            raise RenodeWifiError(
                f"sensor-reads: no sensor {name or 'of the board'} measures {quantity!r}",
                cure=f"there are: {', '.join(found) or 'none'}; quantities are attributes such as"
                " temperature, humidity, pressure, acceleration",
            )
        model, value = self.machine.peripherals[chosen], found[chosen]
        return chosen, model.course(quantity) if isinstance(model, Part) else value


def attach(machine: BoardMachine, world: World) -> None:
    """Let the faults of a world happen to a machine's board; a bare test world may have none."""
    if not isinstance(getattr(world, "faults", None), Faults):
        return
    world.faults.attach(BoardFaults(machine), Target.BOARD)
    world.faults.attach(FlashFaults(machine), Target.FLASH)

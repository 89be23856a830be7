"""Faults of the board around the radio: its flash, its power, its clock, its sensors."""

from __future__ import annotations

from renode_wifi.peripherals.network.worldfile.kinds.model import Kind, Parameter, Target, count
from renode_wifi.peripherals.network.worldfile.rules import real
from renode_wifi.peripherals.network.worldfile.values import TEXT

_MUCH = 1e6
_AGAIN = "it takes what is written again"

BOARD_FAULTS = (
    Kind(
        "flash-write-fails",
        Target.FLASH,
        "the flash does not take what is written to it, and its controller says so",
        lasting=_AGAIN,
    ),
    Kind(
        "flash-page-worn",
        Target.FLASH,
        "the page of this write, or `page`, erases but cannot be programmed any more",
        parameters=(count("page", "a page's number from 0 at the start of the flash"),),
    ),
    Kind(
        "flash-power-cut",
        Target.FLASH,
        "the power fails during an operation of the flash, which is done by half, and comes back",
    ),
    Kind(
        "power-cut",
        Target.BOARD,
        "the power fails and comes back: what RAM holds is lost, the radio starts anew",
    ),
    Kind(
        "supply-voltage",
        Target.BOARD,
        "the supply is `volts`: detectors and converters see it, brown-out resets the chip",
        parameters=(Parameter("volts", real("a voltage", 0, 4), 2.0),),
        lasting="it is what it was",
    ),
    Kind(
        "clock-drift",
        Target.BOARD,
        "the chip's clock is fast by `ppm` (slow: below 0)",
        parameters=(Parameter("ppm", real("parts in a million", -100_000, 100_000), 500.0),),
        lasting="it is right again",
    ),
    Kind(
        "sensor-reads",
        Target.BOARD,
        "`quantity` of the sensor named `sensor` is `value`",
        parameters=(
            Parameter("sensor", TEXT, ""),
            Parameter("quantity", TEXT, "temperature"),
            Parameter("value", real("a number", -_MUCH, _MUCH), 125.0),
        ),
        lasting="what was before",
    ),
)

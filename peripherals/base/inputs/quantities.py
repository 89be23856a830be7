"""The physical quantities that parts measure, by the names that world files and tests use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quantity:
    """minimum, maximum: what makes sense at all; a part may measure less of it."""

    unit: str
    minimum: float
    maximum: float


def _axes(name: str, quantity: Quantity) -> dict[str, Quantity]:
    return {f"{name}_{axis}": quantity for axis in AXES}


AXES = ("x", "y", "z")

QUANTITIES: dict[str, Quantity] = {
    "temperature": Quantity("°C", -273.15, 1000),
    "object_temperature": Quantity("°C", -273.15, 1000),
    "humidity": Quantity("% r.h.", 0, 100),
    "pressure": Quantity("hPa", 0, 10_000),
    **_axes("acceleration", Quantity("g", -1000, 1000)),
    **_axes("angular_rate", Quantity("°/s", -100_000, 100_000)),
    **_axes("magnetic", Quantity("gauss", -1000, 1000)),
    "distance": Quantity("mm", 0, 100_000),
    "reflectance": Quantity("%", 0, 100),
    "ambient_light": Quantity("Mcps", 0, 100),
    "sound": Quantity("of full scale", -1, 1),
}

VECTORS = ("acceleration", "angular_rate", "magnetic")
"""Quantities with three axes, which may be given together."""

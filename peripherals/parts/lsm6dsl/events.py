"""What the LSM6DSL recognises in the acceleration (AN5040 section 5): wake-up, free fall, 6D, tap.

Each sample is looked at once. Thresholds are in g, times in samples.
"""

from __future__ import annotations

import math

from renode_wifi.peripherals.base.late import late_dataclass

Vector = tuple[float, float, float]

FREE_FALL_THRESHOLDS = (0.156, 0.219, 0.250, 0.312, 0.344, 0.406, 0.469, 0.500)
"""By FF_THS."""
ANGLES = (80, 70, 60, 50)
"""Degrees by SIXD_THS."""


@late_dataclass(frozen=True)
class Settings:
    """Of one sample; axes of a tap are a mask with x as bit 2."""

    wake_up: float
    wake_up_samples: int
    free_fall: float
    free_fall_samples: int
    angle: int
    four_directions: bool
    tap: float
    tap_axes: int
    shock_samples: int


@late_dataclass(frozen=True)
class Events:
    """What a sample shows. wake_up, tap: axes as a mask, x is bit 2. orientation: D6D_SRC[5:0]."""

    wake_up: int = 0
    free_fall: bool = False
    orientation: int = 0
    turned: bool = False
    tap: int = 0
    tap_negative: bool = False


class Recogniser:
    """Remembers what came before."""

    def __init__(self) -> None:
        self._before: Vector | None = None
        self._moving = 0
        self._falling = 0
        self._orientation: int | None = None
        self._shock = 0
        self._shock_axis = 0
        self._shock_negative = False

    def sample(self, acceleration: Vector, settings: Settings) -> Events:
        before = acceleration if self._before is None else self._before
        self._before = acceleration
        slope = tuple((new - old) / 2 for new, old in zip(acceleration, before, strict=True))
        moved = _axes(tuple(abs(axis) > settings.wake_up for axis in slope))
        self._moving = self._moving + 1 if moved else 0
        falls = all(abs(axis) < settings.free_fall for axis in acceleration)
        self._falling = self._falling + 1 if falls else 0
        orientation, turned = self._turn(acceleration, settings)
        tap, negative = self._tap(slope, settings)
        return Events(
            wake_up=moved if self._moving > settings.wake_up_samples else 0,
            free_fall=self._falling > settings.free_fall_samples,
            orientation=orientation,
            turned=turned,
            tap=tap,
            tap_negative=negative,
        )

    def _turn(self, acceleration: Vector, settings: Settings) -> tuple[int, bool]:
        limit = math.sin(math.radians(settings.angle))
        orientation = 0
        for index, axis in enumerate(acceleration):
            if index == 2 and settings.four_directions:
                break
            if axis > limit:
                orientation |= 2 << 2 * index
            elif axis < -limit:
                orientation |= 1 << 2 * index
        old = self._orientation
        if orientation == 0:
            # Between two positions the last one stays.
            return old or 0, False
        self._orientation = orientation
        return orientation, old is not None and orientation != old

    def _tap(self, slope: tuple[float, ...], settings: Settings) -> tuple[int, bool]:
        """A tap is a slope above the threshold that ends within the shock time."""
        over = _axes(tuple(abs(axis) > settings.tap for axis in slope)) & settings.tap_axes
        if over:
            if not self._shock:
                self._shock_axis = over
                self._shock_negative = slope[3 - over.bit_length()] < 0
            self._shock += 1
            return 0, False
        length, self._shock = self._shock, 0
        if length and length <= settings.shock_samples:
            return self._shock_axis, self._shock_negative
        return 0, False


def _axes(over: tuple[bool, ...]) -> int:
    x, y, z = over
    return x << 2 | y << 1 | int(z)

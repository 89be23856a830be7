"""What a part of a model may ask of the board: small enough to be handed down to every part."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from renode_wifi.peripherals.base.clock import Clock
from renode_wifi.peripherals.base.machine import Machine


class Surroundings:
    """Time, chance, the log and the observers, under the name of the model that has the parts.

    trace(event, **fields): notifies observers. observed(event): whether there are any.
    """

    def __init__(self, machine: Machine, name: str) -> None:
        self.name = name
        self.clock: Clock = machine.clock
        self.log = machine.log
        self.trace: Callable[..., None] = partial(machine.trace, name)
        self.observed: Callable[[str], bool] = machine.is_observed
        self._random = machine.random

    def random(self, stream: str) -> random.Random:
        """A random source of the model's own for `stream`, fixed by the world's seed."""
        return self._random(f"{self.name}/{stream}")

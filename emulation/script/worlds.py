"""The world that a script prepares, and the machine that enters it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.platform.shared_world import WorldMachine

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.world import World
    from renode_wifi.peripherals.network.worldfile.schema import WorldSettings


@dataclass
class _Prepared:
    """shared: the world that other machines are in already."""

    settings: WorldSettings
    seed: int | None
    name: str
    shared: World | None


class ScriptWorlds:
    """Of one script. A world has one machine, or those that gave the same name for it."""

    def __init__(self) -> None:
        self._prepared: _Prepared | None = None

    def prepare(self, path: Path, seed: int | None, name: str, machines: Iterable[Machine]) -> None:
        """Read a world file for the next machine. Raises RenodeWifiError for what is wrong in it.

        name: "" for a world of that machine alone. machines: those that there are.
        """
        from renode_wifi.peripherals.network.worldfile.read import read_world_file

        settings = read_world_file(path)
        shared = _named(name, machines) if name else None
        if shared is not None:
            wanted = settings.seed if seed is None else seed
            if shared.settings.name != settings.name or shared.seed != wanted:
                raise RenodeWifiError(
                    f"the world {name!r} is {shared.settings.name} with seed {shared.seed}",
                    cure="give the same file and seed, or another name",
                )
        self._prepared = _Prepared(settings, seed, name, shared)

    def enter(self, machine: Machine) -> None:
        """Put a machine into the world that is prepared, if one is."""
        from renode_wifi.peripherals.network.world import World

        prepared, self._prepared = self._prepared, None
        if prepared is None:
            return
        number = 0
        if prepared.name:
            around = WorldMachine(prepared.name)
            if prepared.shared is not None:
                assert isinstance(prepared.shared.machine, WorldMachine)
                around = prepared.shared.machine
            number = around.enter(machine)
            world = prepared.shared or World(prepared.settings, around, prepared.seed)
        else:
            world = World(prepared.settings, machine, prepared.seed)
        machine.seed = world.machine_seed(number)
        machine.connect_world(world)


def _named(name: str, machines: Iterable[Machine]) -> World | None:
    for machine in machines:
        world = machine.world
        around = None if world is None else world.machine
        if isinstance(around, WorldMachine) and around.name == name:
            return world
    return None

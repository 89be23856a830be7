"""The commands that `renode_models.py` adds to a monitor, as the embedded engine carries them out.

In Renode that file brings them together with the models; here the models are part of the package
and including the file only opens the commands.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from renode_wifi.emulation.platform.syntax import Position
from renode_wifi.emulation.script import control
from renode_wifi.emulation.script.commands import Command, misused, text_of
from renode_wifi.emulation.script.tokens import Token
from renode_wifi.peripherals.network.world import load_world

if TYPE_CHECKING:
    from renode_wifi.emulation.script.interpreter import Monitor

SEED_OF_WORLD = "world"


def wifi_model(monitor: Monitor, arguments: list[Token]) -> None:
    """Create a model that Renode lacks. Its outputs are wired by name in a later description."""
    if not 3 <= len(arguments) <= 4:
        raise misused(monitor, "wifi_model")
    texts = [text_of(monitor, token) for token in arguments]
    name, type_name, place = texts[:3]
    attributes = texts[3] if len(texts) > 3 else ""
    file, _, line = monitor.where.rpartition(":")
    position = Position(file, int(line), 1) if line.isdigit() else Position(monitor.where, 1, 1)
    monitor.composer().create(name, type_name, place, attributes, position)
    if monitor.current.world is not None:
        model = monitor.current.peripheral(name)
        if hasattr(model, "connect_world"):
            model.connect_world(monitor.current.world)


def wifi_world(monitor: Monitor, arguments: list[Token]) -> None:
    """Build the world of a file around the machine. Its seed is every model's seed as well."""
    if not 1 <= len(arguments) <= 2:
        raise misused(monitor, "wifi_world")
    path = Path(text_of(monitor, arguments[0]))
    seed = None
    if len(arguments) == 2:
        value = monitor.expand(arguments[1]).value
        if isinstance(value, int) and not isinstance(value, bool):
            seed = value
        elif value != SEED_OF_WORLD:
            raise monitor.error(
                f"{value!r} is not a seed", f'give a number, or "{SEED_OF_WORLD}" for the file\'s'
            )
    machine = monitor.current
    world = load_world(path, machine, seed)
    machine.seed = world.seed
    machine.connect_world(world)


def wifi_fault(monitor: Monitor, arguments: list[Token]) -> None:
    """Let something go wrong in the world or in the radio."""
    if not 1 <= len(arguments) <= 2:
        raise misused(monitor, "wifi_fault")
    texts = [text_of(monitor, token) for token in arguments]
    control.inject(_world(monitor), _radio(monitor), *texts)


def wifi_server(monitor: Monitor, arguments: list[Token]) -> None:
    """Print what a server of the world has seen, as JSON."""
    if len(arguments) != 1:
        raise misused(monitor, "wifi_server")
    monitor.write(control.describe_server(_world(monitor), text_of(monitor, arguments[0])))


def _world(monitor: Monitor) -> Any:
    world = monitor.current.world
    if world is None:
        raise monitor.error("the machine has no world", "run a board's script first")
    return world


def _radio(monitor: Monitor) -> Any:
    for model in monitor.current.peripherals.values():
        if hasattr(model, "connect_world"):
            return model
    raise monitor.error("the machine has no radio", "run a board's script first")


COMMANDS = {
    entry.name: entry
    for entry in (
        Command(
            "wifi_model",
            '"name" "type" "register point" ["attribute: value; …"]',
            "creates a model that Renode lacks",
            wifi_model,
        ),
        Command(
            "wifi_fault",
            '"fault" ["attribute: value; …"]',
            "lets something go wrong in the world or the radio",
            wifi_fault,
        ),
        Command("wifi_server", '"name"', "prints what a server has seen, as JSON", wifi_server),
        Command(
            "wifi_world", '@file [seed|"world"]', "builds the world around the board", wifi_world
        ),
    )
}

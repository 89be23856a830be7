"""The commands that `renode_models.py` adds to a monitor, for machines of this package.

In Renode that file brings them together with the models; here the models are part of the package
and including the file only opens the commands.
"""

from __future__ import annotations

from pathlib import Path

from renode_wifi.emulation.platform.syntax import Position
from renode_wifi.emulation.script import control
from renode_wifi.emulation.script.commands.register import Commands, misused, text_of
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.tokens import Token
from renode_wifi.peripherals.network.contract.radio import Radio
from renode_wifi.peripherals.network.world import World, load_world

SEED_OF_WORLD = "world"

COMMANDS = Commands()


@COMMANDS.add(
    "wifi_model",
    '"name" "type" "register point" ["attribute: value; …"]',
    "creates a model that Renode lacks",
)
def wifi_model(interpreter: Interpreter, arguments: list[Token]) -> None:
    """Create a model that Renode lacks. Its outputs are wired by name in a later description."""
    if not 3 <= len(arguments) <= 4:
        raise misused(interpreter, "wifi_model")
    texts = [text_of(interpreter, token) for token in arguments]
    name, type_name, place = texts[:3]
    attributes = texts[3] if len(texts) > 3 else ""
    file, _, line = interpreter.where.rpartition(":")
    position = Position(file, int(line), 1) if line.isdigit() else Position(interpreter.where, 1, 1)
    interpreter.composer().create(name, type_name, place, attributes, position)
    world, model = interpreter.current.world, interpreter.current.peripheral(name)
    if world is not None and isinstance(model, Radio):
        model.connect_world(world)


@COMMANDS.add("wifi_world", '@file [seed|"world"]', "builds the world around the board")
def wifi_world(interpreter: Interpreter, arguments: list[Token]) -> None:
    """Build the world of a file around the machine. Its seed is every model's seed as well."""
    if not 1 <= len(arguments) <= 2:
        raise misused(interpreter, "wifi_world")
    path = Path(text_of(interpreter, arguments[0]))
    seed = None
    if len(arguments) == 2:
        value = interpreter.expand(arguments[1]).value
        if isinstance(value, int) and not isinstance(value, bool):
            seed = value
        elif value != SEED_OF_WORLD:
            raise interpreter.error(
                f"{value!r} is not a seed", f'give a number, or "{SEED_OF_WORLD}" for the file\'s'
            )
    machine = interpreter.current
    world = load_world(path, machine, seed)
    machine.seed = world.seed
    machine.connect_world(world)


@COMMANDS.add(
    "wifi_fault",
    '"fault" ["attribute: value; …"]',
    "lets something go wrong in the world or the radio",
)
def wifi_fault(interpreter: Interpreter, arguments: list[Token]) -> None:
    """Let something go wrong in the world or in the radio."""
    if not 1 <= len(arguments) <= 2:
        raise misused(interpreter, "wifi_fault")
    texts = [text_of(interpreter, token) for token in arguments]
    control.inject(_world(interpreter), _radio(interpreter), *texts)


@COMMANDS.add("wifi_server", '"name"', "prints what a server has seen, as JSON")
def wifi_server(interpreter: Interpreter, arguments: list[Token]) -> None:
    """Print what a server of the world has seen, as JSON."""
    if len(arguments) != 1:
        raise misused(interpreter, "wifi_server")
    interpreter.write(
        control.describe_server(_world(interpreter), text_of(interpreter, arguments[0]))
    )


def _world(interpreter: Interpreter) -> World:
    world = interpreter.current.world
    if world is None:
        raise interpreter.error("the machine has no world", "run a board's script first")
    return world


def _radio(interpreter: Interpreter) -> Radio:
    radios = interpreter.current.radios()
    if not radios:
        raise interpreter.error("the machine has no radio", "run a board's script first")
    return radios[0]

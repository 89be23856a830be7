"""The commands that `renode_models.py` adds to a monitor, for machines of this package.

In Renode that file brings them together with the models; here the models are part of the package
and including the file only opens the commands.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.syntax import Position
from renode_wifi.emulation.script import control
from renode_wifi.emulation.script.commands.register import Commands, misused, text_of
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.tokens import Token
from renode_wifi.peripherals.network.contract.radio import InWorld
from renode_wifi.peripherals.network.world import World

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
    machine = interpreter.current
    if machine.world is None:
        with _kept_if_good(interpreter):
            interpreter.worlds.enter(machine)
    interpreter.composer().create(name, type_name, place, attributes, position)
    model = machine.peripheral(name)
    if machine.world is not None and isinstance(model, InWorld):
        with _kept_if_good(interpreter):
            model.connect_world(machine.world)


@COMMANDS.add("wifi_wires", "@file", "loads a description that Renode leaves out")
def wifi_wires(interpreter: Interpreter, arguments: list[Token]) -> None:
    """Load wires of outputs that Renode's models of the same types don't have."""
    if len(arguments) != 1:
        raise misused(interpreter, "wifi_wires")
    interpreter.composer().load_file(Path(text_of(interpreter, arguments[0])))


@COMMANDS.add("wifi_vectors", "address", "where the core finds its vector table")
def wifi_vectors(interpreter: Interpreter, arguments: list[Token]) -> None:
    """Set the address of the core's vector table, as `cpu VectorTableOffset` does."""
    address = interpreter.expand(arguments[0]).value if len(arguments) == 1 else None
    if not isinstance(address, int) or isinstance(address, bool):
        raise misused(interpreter, "wifi_vectors")
    interpreter.current.start(vector_table=address)


@contextmanager
def _kept_if_good(interpreter: Interpreter) -> Iterator[None]:
    """A machine whose world cannot be is removed, so that its script can be included again."""
    try:
        yield
    except RenodeWifiError:
        interpreter.remove_machine(interpreter.current.name)
        raise


@COMMANDS.add(
    "wifi_world",
    '@file [seed|"world"] ["name"]',
    "builds a world around the next board, or around those that give its name",
)
def wifi_world(interpreter: Interpreter, arguments: list[Token]) -> None:
    """Prepare the world of a file for the next machine that gets a model of this package.

    Its seed is that of the machine's models as well. name: by which several machines share it.
    """
    if not 1 <= len(arguments) <= 3:
        raise misused(interpreter, "wifi_world")
    path = Path(text_of(interpreter, arguments[0]))
    seed = _seed(interpreter, arguments[1]) if len(arguments) > 1 else None
    name = text_of(interpreter, arguments[2]) if len(arguments) > 2 else ""
    interpreter.worlds.prepare(path, seed, name, interpreter.machines.values())
    machine = interpreter.machine
    if machine is not None and machine.world is None and machine.radios():
        interpreter.worlds.enter(machine)


def _seed(interpreter: Interpreter, token: Token) -> int | None:
    value = interpreter.expand(token).value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        return int(value)
    if value != SEED_OF_WORLD:
        raise interpreter.error(
            f"{value!r} is not a seed", f'give a number, or "{SEED_OF_WORLD}" for the file\'s'
        )
    return None


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
    control.inject(_world(interpreter), *texts)


@COMMANDS.add("wifi_server", '"name"', "prints what a server has seen, as JSON")
def wifi_server(interpreter: Interpreter, arguments: list[Token]) -> None:
    """Print what a server of the world has seen, as JSON."""
    if len(arguments) != 1:
        raise misused(interpreter, "wifi_server")
    interpreter.write(
        control.describe_server(_world(interpreter), text_of(interpreter, arguments[0]))
    )


@COMMANDS.add(
    "wifi_record", '"kind" @file ["signals"]', "writes a file about the run: vcd, perfetto"
)
def wifi_record(interpreter: Interpreter, arguments: list[Token]) -> None:
    """Write a file about the run from here on, until its end."""
    if not 2 <= len(arguments) <= 3:
        raise misused(interpreter, "wifi_record")
    kind, path, *settings = (text_of(interpreter, token) for token in arguments)
    if interpreter.requests.record is None:
        raise interpreter.error("nothing here records runs", "use `renode-wifi monitor` or Robot")
    interpreter.requests.record(kind, Path(path), settings[0] if settings else "")


@COMMANDS.add(
    "wifi_contract",
    '["rule=reason; …"]',
    "watches what the firmware relies on; again: what was found",
)
def wifi_contract(interpreter: Interpreter, arguments: list[Token]) -> None:
    """Watch what the firmware relies on that its port does not promise; again: what was found."""
    if len(arguments) > 1:
        raise misused(interpreter, "wifi_contract")
    if interpreter.requests.contract is None:
        raise interpreter.error("nothing here watches", "use `renode-wifi monitor` or Robot")
    silenced = text_of(interpreter, arguments[0]) if arguments else ""
    interpreter.write(interpreter.requests.contract(silenced))


def _world(interpreter: Interpreter) -> World:
    machine = interpreter.current
    if machine.world is None:
        interpreter.worlds.enter(machine)
    world = machine.world
    if world is None:
        raise interpreter.error("the machine has no world", "run a board's script first")
    return world

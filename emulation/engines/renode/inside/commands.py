# ironpython: executed by Renode
"""What the monitor commands of `renode_models` do."""

import System
from Antmicro.Renode.Core import Range
from Antmicro.Renode.Core.Structure import NullRegistrationPoint
from Antmicro.Renode.Peripherals.Bus import BusRangeRegistration

from renode_wifi.emulation.engines.renode import protocol
from renode_wifi.emulation.engines.renode.inside import emulation
from renode_wifi.emulation.engines.renode.inside.adapters import Adapter, BusAdapter, FlashAdapter
from renode_wifi.emulation.engines.renode.inside.machine import RenodeMachine
from renode_wifi.emulation.engines.renode.inside.radio import make_link
from renode_wifi.emulation.engines.renode.inside.remote import HelperError
from renode_wifi.emulation.engines.renode.inside.types import Words, shared_types
from renode_wifi.emulation.engines.renode.inside.world import World
from renode_wifi.emulation.platform import catalogue
from renode_wifi.peripherals.base.register_file import RegisterFile

machines = []  # type: list[RenodeMachine]
prepared = []  # type: list[World]
"""The world, if one is, that the next machine with a model of ours is in."""

SEED_OF_WORLD = "world"


class CommandError(Exception):
    """A command that cannot be carried out; Renode shows the text."""


def machine_of(renode):
    # type: (typing.Any) -> RenodeMachine
    """Ours for one of Renode's; the first to ask for it gets the prepared world."""
    if renode is None:
        raise CommandError("there is no machine: mach create one first")
    for machine in _living():
        if machine.renode == renode:
            return machine
    if not prepared:
        raise CommandError("the machine has no world yet: use wifi_world first")
    return _enter(renode, prepared.pop())


def forget():
    # type: () -> None
    """The emulation is another one."""
    for machine in machines:
        machine.close()
    while prepared:
        prepared.pop().close()
    machines[:] = []


def _living():
    # type: () -> list[RenodeMachine]
    machines[:] = [machine for machine in machines if not machine.closed]
    return machines


def _enter(renode, world):
    # type: (typing.Any, World) -> RenodeMachine
    emulation.settle()
    emulation.refuse_to_be_saved(shared_types().refusal())
    machine = RenodeMachine(renode, emulation.name_of(renode), world)
    world.add(machine, emulation.prefix_of(renode))
    machines.append(machine)
    return machine


def world(path, seed, name):
    # type: (str, int | str, str) -> None
    """Prepare a world for the next machine. name: by which several machines share one."""
    given = "" if seed == SEED_OF_WORLD else str(seed)
    if given and not given.lstrip("-").isdigit():
        raise CommandError(
            'the seed is %r: give a whole number, or "%s" for that of the world file'
            % (seed, SEED_OF_WORLD)
        )
    while prepared:
        unused = prepared.pop()
        if not unused.machines:
            unused.close()
    if name:
        for machine in _living():
            if machine.world.name == name:
                prepared.append(_shared(machine.world, path, given))
                return
    prepared.append(World(name, path, given))


def _shared(world, path, seed):
    # type: (World, str, str) -> World
    """A world of that name, if it is the one that is meant."""
    if (world.path, world.seed) != (path, seed):
        raise CommandError(
            "the world %s is that of %s with seed %s: give the same file and seed, or another name"
            % (world.name, world.path, world.seed or SEED_OF_WORLD)
        )
    return world


def model(renode, name, kind, place, attributes):
    # type: (typing.Any, str, str, str, str) -> None
    machine = machine_of(renode)
    if name in machine.adapters:
        raise CommandError("%s exists already" % name)
    known = catalogue.find(kind)
    if known is None or known.where == catalogue.STOCK:
        ours = catalogue.names(catalogue.OWN, catalogue.RADIO)
        raise CommandError("no model is called %s; there are %s" % (kind, ", ".join(ours)))
    if known.where == catalogue.EMBEDDED:
        return
    parent, _, point = place.strip().partition(" ")
    if isinstance(known, catalogue.RadioType):
        if parent not in machine.adapters:
            raise CommandError("%s is not one of our models: no %s fits there" % (parent, kind))
        link = make_link(machine, name, known)
        try:
            machine.world.add_radio(machine, name, kind, attributes)
        except HelperError:
            # What the world file says of the radio is wrong: its script can be included again.
            emulation.remove(renode)
            raise
        machine.links[name] = link
        adapter = _wrap(kind, Adapter(machine, link))
        machine.models[parent].attach(link)
        renode.RegisterAsAChildOf(machine.adapters[parent], adapter, NullRegistrationPoint.Instance)
    else:
        if parent != "sysbus":
            raise CommandError("a %s is registered on sysbus" % kind)
        machine.mend_blocks()
        block = catalogue.load(known.implementation)(machine, name, **parse_attributes(attributes))
        start, size = parse_range(point)
        adapter_of = FlashAdapter if kind == "STM32L4_FLASH" else BusAdapter
        adapter = _wrap(kind, adapter_of(machine, block, size), words_of(block))
        machine.models[name] = block
        renode.SystemBus.Register(
            adapter, BusRangeRegistration(Range(System.UInt64(start), System.UInt64(size)))
        )
    renode.SetLocalName(adapter, name)
    machine.adapters[name] = adapter


def words_of(block):
    # type: (typing.Any) -> Words | None
    """The registers that Renode reads without asking a model."""
    registers = getattr(block, "registers", None)
    if isinstance(registers, RegisterFile):
        return Words(registers.values, registers.plain_words())
    return None


def _wrap(kind, adapter, words=None):
    # type: (str, Adapter, Words | None) -> typing.Any
    """What Renode registers, by the name of its type there."""
    return shared_types().wrap(kind, adapter.INTERFACES, adapter, words)


def vectors(renode, address):
    # type: (typing.Any, int) -> None
    """Where the core finds its vector table.

    The monitor's own `cpu VectorTableOffset` has Renode look at all that a core has, which takes
    half a second in a new process.
    """
    if renode is None:
        raise CommandError("there is no machine: mach create one first")
    renode["sysbus.cpu"].VectorTableOffset = System.UInt32(address)


def fault(renode, name, attributes):
    # type: (typing.Any, str, str) -> None
    machine = machine_of(renode)
    paused = renode.ObtainPausedState(True)
    try:
        machine.ask(protocol.FAULT, name, attributes)
    finally:
        paused.Dispose()


def server(renode, name):
    # type: (typing.Any, str) -> str
    machine = machine_of(renode)
    paused = renode.ObtainPausedState(True)
    try:
        values = machine.world.ask(machine, protocol.SERVER, name)
        return str(values[0]) if values else ""
    finally:
        paused.Dispose()


def parse_range(text):
    # type: (str) -> tuple[int, int]
    """Start and size of `<0x40021000, +0x400>` or `0x40021000`."""
    start, comma, size = text.strip().strip("<>").partition(",")
    try:
        first = int(start.strip(), 0)
        if not comma:
            return first, 0x400
        size = size.strip()
        if size.startswith("+"):
            return first, int(size[1:], 0)
        return first, int(size, 0) - first
    except ValueError:
        raise CommandError(  # noqa: B904
            "%r is no range of addresses; write <0x40021000, +0x400>" % text
        )


def parse_attributes(text):
    # type: (str) -> dict[str, typing.Any]
    """`name: value; name: value`."""
    values = {}  # type: dict[str, typing.Any]
    for part in text.split(";"):
        if not part.strip():
            continue
        name, colon, value = part.partition(":")
        value = value.strip()
        if not colon:
            raise CommandError("%r has no value; write attribute: value" % part)
        if value in ("true", "false"):
            values[name.strip()] = value == "true"
        elif value.startswith('"'):
            values[name.strip()] = value.strip('"')
        else:
            try:
                values[name.strip()] = int(value, 0)
            except ValueError:
                raise CommandError("%r is not a number" % value)  # noqa: B904
    return values


MYPY = False
if MYPY:
    import typing  # noqa: F401

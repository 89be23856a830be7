# ironpython: executed by Renode
"""What the monitor commands of `renode_models` do."""

import System
from Antmicro.Renode.Core import Range
from Antmicro.Renode.Core.Structure import NullRegistrationPoint
from Antmicro.Renode.Peripherals.Bus import BusRangeRegistration

from renode_wifi.emulation.renode import protocol
from renode_wifi.emulation.renode.adapters import (
    Adapter,
    BusAdapter,
    FlashAdapter,
    HelperError,
    RemoteProcessor,
    RenodeMachine,
)

TYPES = {
    "STM32L4_RCC": "renode_wifi.peripherals.stm32l4.rcc",
    "STM32L4_PWR": "renode_wifi.peripherals.stm32l4.pwr",
    "STM32L4_FLASH": "renode_wifi.peripherals.stm32l4.flash",
    "STM32L4_SPI": "renode_wifi.peripherals.stm32l4.spi",
    "STM32L4_RNG": "renode_wifi.peripherals.stm32l4.rng",
    "STM32L4_WWDG": "renode_wifi.peripherals.stm32l4.wwdg",
    "STM32L4_DBGMCU": "renode_wifi.peripherals.stm32l4.dbgmcu",
    "STM32L4_Signature": "renode_wifi.peripherals.stm32l4.signature",
    "STM32L4_Unimplemented": "renode_wifi.peripherals.stm32l4.unimplemented",
}
EMBEDDED_ONLY = ("HTS221", "LPS22HB", "LSM6DSL", "LIS3MDL")
"""Parts beside the radio that boards' scripts name and that Renode does without."""
RADIOS = {"ISM43362": "renode_wifi.peripherals.ism43362.link"}
"""Radios by the module with their `Link`."""

machines = []  # type: list[RenodeMachine]


class CommandError(Exception):
    """A command that cannot be carried out; Renode shows the text."""


def machine_of(renode):
    # type: (typing.Any) -> RenodeMachine
    for machine in machines:
        if machine.renode == renode:
            return machine
    raise CommandError("the machine has no world yet: use wifi_world first")


def world(renode, path, seed):
    # type: (typing.Any, str, int | str) -> None
    if renode is None:
        raise CommandError("there is no machine: mach create one first")
    # What is left of machines that are gone.
    machines[:] = [machine for machine in machines if not machine.helper.dead]
    for machine in machines:
        if machine.renode == renode:
            raise CommandError("the machine has its world already")
    machine = RenodeMachine(renode)
    try:
        machine.helper.request(protocol.WORLD, path, "" if seed == "world" else str(seed))
    except HelperError:
        machine.close()
        raise
    machines.append(machine)


def model(renode, name, kind, place, attributes):
    # type: (typing.Any, str, str, str, str) -> None
    machine = machine_of(renode)
    if name in machine.adapters:
        raise CommandError("%s exists already" % name)
    if kind in EMBEDDED_ONLY:
        return
    parent, _, point = place.strip().partition(" ")
    if kind in RADIOS:
        link = _class(RADIOS[kind], "Link")(machine, name)
        link.processor = RemoteProcessor(machine, machine.helper)
        machine.helper.request(protocol.RADIO, name, kind, attributes)
        machine.links[name] = link
        adapter = Adapter(machine, link)
        if parent not in machine.adapters:
            raise CommandError("%s is not one of our models: no %s fits there" % (parent, kind))
        machine.models[parent].attach(link)
        renode.RegisterAsAChildOf(machine.adapters[parent], adapter, NullRegistrationPoint.Instance)
    elif kind in TYPES:
        if parent != "sysbus":
            raise CommandError("a %s is registered on sysbus" % kind)
        block = _class(TYPES[kind], kind)(machine, name, **parse_attributes(attributes))
        start, size = parse_range(point)
        adapter_of = FlashAdapter if kind == "STM32L4_FLASH" else BusAdapter
        adapter = adapter_of(machine, block, size)
        machine.models[name] = block
        renode.SystemBus.Register(
            adapter, BusRangeRegistration(Range(System.UInt64(start), System.UInt64(size)))
        )
    else:
        raise CommandError("no model is called %s; there are %s" % (kind, ", ".join(sorted(TYPES))))
    renode.SetLocalName(adapter, name)
    machine.adapters[name] = adapter


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
        values = machine.ask(protocol.SERVER, name)
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


def _class(module, name):
    # type: (str, str) -> typing.Any
    return getattr(__import__(module, None, None, [name]), name)


MYPY = False
if MYPY:
    import typing  # noqa: F401

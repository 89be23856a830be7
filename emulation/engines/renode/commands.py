# ironpython: executed by Renode
"""What the monitor commands of `renode_models` do."""

import System
from Antmicro.Renode.Core import Range
from Antmicro.Renode.Core.Structure import NullRegistrationPoint
from Antmicro.Renode.Peripherals.Bus import BusRangeRegistration

from renode_wifi.emulation.engines.renode import protocol
from renode_wifi.emulation.engines.renode.adapters import (
    Adapter,
    BusAdapter,
    FlashAdapter,
    HelperError,
    RenodeMachine,
)
from renode_wifi.emulation.engines.renode.remote import RemoteIsm43362, RemoteNwp

PERIPHERALS = "renode_wifi.peripherals."
TYPES = {
    "STM32L4_RCC": "stm32l4.rcc",
    "STM32L4_PWR": "stm32l4.pwr",
    "STM32L4_FLASH": "stm32l4.flash",
    "STM32L4_SPI": "stm32l4.spi",
    "STM32L4_RNG": "stm32l4.rng",
    "STM32L4_WWDG": "stm32l4.wwdg",
    "STM32L4_DBGMCU": "stm32l4.dbgmcu",
    "STM32L4_Signature": "stm32l4.signature",
    "STM32L4_Unimplemented": "stm32l4.unimplemented",
    "CC3220_ADC": "cc3220.adc",
    "CC3220_AES": "cc3220.aes",
    "CC3220_APPS_CONFIG": "cc3220.apps_config",
    "CC3220_ARCM": "cc3220.arcm",
    "CC3220_Camera": "cc3220.camera",
    "CC3220_COMMON_REG": "cc3220.common_reg",
    "CC3220_DES": "cc3220.des",
    "CC3220_DTHE": "cc3220.dthe",
    "CC3220_FLASH_CTRL": "cc3220.flash_ctrl",
    "CC3220_GPRCM": "cc3220.gprcm",
    "CC3220_HIB1P2": "cc3220.hib1p2",
    "CC3220_HIB3P3": "cc3220.hib3p3",
    "CC3220_I2C": "cc3220.i2c",
    "CC3220_I2S": "cc3220.i2s",
    "CC3220_McSPI": "cc3220.mcspi",
    "CC3220_OCP_SHARED": "cc3220.ocp_shared",
    "CC3220_ROMPort": "cc3220.rom_port",
    "CC3220_SDHOST": "cc3220.sdhost",
    "CC3220_SHAMD5": "cc3220.shamd5",
    "CC3220_StackDie": "cc3220.stackdie",
    "CC3220_Timer": "cc3220.timer",
    "CC3220_uDMA": "cc3220.udma",
    "CC3220_WDT": "cc3220.wdt",
}
"""Models by the module with the class of that name."""

EMBEDDED_ONLY = ("HTS221", "LPS22HB", "LSM6DSL", "LIS3MDL")
"""Parts beside the radio that boards' scripts name and that Renode does without."""

RADIOS = {
    "ISM43362": ("ism43362.link", RemoteIsm43362),
    "CC3220_NWP": ("simplelink.link", RemoteNwp),
}
"""Radios by the module with their `Link`, and what stands in for its processor."""

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
        module, remote = RADIOS[kind]
        link = remote.link(_class(module, "Link"), machine, name)
        machine.helper.request(protocol.RADIO, name, kind, attributes)
        machine.links[name] = link
        adapter = Adapter(machine, link, remote.OUTPUTS_WAIT)
        if parent not in machine.adapters:
            raise CommandError("%s is not one of our models: no %s fits there" % (parent, kind))
        machine.models[parent].attach(link)
        renode.RegisterAsAChildOf(machine.adapters[parent], adapter, NullRegistrationPoint.Instance)
    elif kind in TYPES:
        if parent != "sysbus":
            raise CommandError("a %s is registered on sysbus" % kind)
        machine.follow_time()
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
    return getattr(__import__(PERIPHERALS + module, None, None, [name]), name)


MYPY = False
if MYPY:
    import typing  # noqa: F401

"""Answers what Renode asks of a world and of the radios in it. Lines in, lines out; no sockets."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

from renode_wifi.emulation.engines.renode import protocol
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform import catalogue, constructors
from renode_wifi.emulation.platform.trace import TraceListener
from renode_wifi.emulation.script import control
from renode_wifi.emulation.visible import visible_log
from renode_wifi.peripherals.base.clock import Clock, VirtualClock
from renode_wifi.peripherals.base.machine import BenchBus, Bus
from renode_wifi.peripherals.network.contract.radio import Radio
from renode_wifi.peripherals.network.world import World, load_world

LOG = "renode_wifi.helper"
LEVELS = ((logging.ERROR, "error"), (logging.WARNING, "warning"), (logging.INFO, "info"))


class SplitRadio(Radio, Protocol):
    """A radio whose processor may be in another process than its link."""

    @property
    def processor(self) -> object: ...


class HelperMachine:
    """Implements `peripherals.base.machine.Machine` for what is outside of one machine's chip.

    name: the machine's; "" for the world. prefix: of the sources of its traces.
    """

    def __init__(
        self,
        clock: VirtualClock,
        listeners: list[TraceListener],
        is_stopping: Callable[[], bool],
        name: str = "",
        prefix: str = "",
    ) -> None:
        self.clock: Clock = clock
        self.bus: Bus = BenchBus()
        self.log = visible_log(LOG)
        self.name = name
        self.prefix = prefix
        self.reset_cause = "power-on"
        self.cpu_frequency = 0
        self.seed: int | str = 0
        self.radio: SplitRadio | None = None
        self.inputs: Mapping[str, str] = {}
        """Kinds of the arguments of the radio's inputs, by method."""
        self._peripherals: dict[str, object] = {}
        self._listeners = listeners
        self._is_stopping = is_stopping
        self._streams: dict[str, random.Random] = {}

    def random(self, stream: str) -> random.Random:
        return random.Random(f"{self.seed}/{stream}")

    def words(self, stream: str) -> list[int]:
        """The next words of a stream that a model inside Renode draws on."""
        source = self._streams.setdefault(stream, self.random(stream))
        return [source.getrandbits(32) for _ in range(protocol.RANDOM_WORDS)]

    def add(self, name: str, radio: SplitRadio, inputs: Mapping[str, str]) -> None:
        self._peripherals[name] = self.radio = radio
        self.inputs = inputs

    def peripheral(self, name: str) -> object:
        return self._peripherals[name]

    def trace(self, source: str, event: str, **fields: object) -> None:
        for listener in self._listeners:
            listener(self.clock.now, self.prefix + source, event, fields)

    def is_observed(self, event: str) -> bool:
        return bool(self._listeners)

    def is_stopping(self) -> bool:
        return self._is_stopping()

    def set_cpu_frequency(self, hertz: int) -> None:
        """Renode's models report it to Renode."""

    def wires_changed(self) -> None:
        """Here are no wires."""

    def set_clock(self, block: str, gate: str) -> None:
        """Here are no blocks of a chip."""

    def request_reset(self, cause: str) -> None:
        self.log.warning("a reset was asked for (%s) where there is no chip", cause)


class Service:
    """One world, and the machines of one Renode that are in it.

    stopping: whether their emulation is to stop; others set it, while a request is under way.
    """

    def __init__(self) -> None:
        self.stopping = False
        self.clock = VirtualClock()
        self.listeners: list[TraceListener] = []
        self.machines: dict[str, HelperMachine] = {}
        self.world: World | None = None
        self._surroundings = HelperMachine(self.clock, self.listeners, self.is_stopping)
        self._answer: list[str] = []
        self._handlers: dict[str, Callable[..., list[str]]] = {
            protocol.WORLD: self._world,
            protocol.MACHINE: self._machine,
            protocol.RADIO: self._radio,
            protocol.INPUT: self._input,
            protocol.ADVANCE: self._advance,
            protocol.FAULT: self._fault,
            protocol.SERVER: self._server,
            protocol.RANDOM: self._random,
            protocol.TRACE: self._trace,
        }

    def answer(self, line: str) -> list[str]:
        """The lines that answer a request."""
        self._answer = []
        try:
            name, *fields = protocol.decode(line)
            handler = self._handlers.get(name)
            if handler is None:
                raise protocol.ProtocolError(f"no request is called {name!r}")
            if name not in protocol.TIMELESS:
                self._follow(int(fields.pop(0)))
            values = handler(*fields)
        except RenodeWifiError as error:
            self._say(protocol.ERROR, str(error))
        except Exception as error:
            # Renode goes on without a radio; its log has the reason.
            self._surroundings.log.exception("request %r failed", line[:80])
            self._say(protocol.ERROR, f"the radio's helper failed: {error!r}")
        else:
            next_time = self.clock.next_time
            self._say(
                protocol.DONE, protocol.NEVER if next_time is None else str(next_time), *values
            )
        return self._answer

    def is_stopping(self) -> bool:
        return self.stopping

    def close(self) -> None:
        if self.world is not None:
            self.world.close()

    def log(self, level: str, text: str) -> None:
        self._say(protocol.LOG, level, text)

    def call(self, machine: str, radio: str, method: str, *arguments: bytes | str | int) -> None:
        """A radio's processor calls its link."""
        values = [_pack(value) for value in arguments]
        self._say(protocol.CALL, machine, radio, method, *values)

    def _say(self, *fields: str) -> None:
        self._answer.append(protocol.encode(fields))

    def _follow(self, now: int) -> None:
        """Machines take turns: one may be less far than another was."""
        self.clock.advance(max(0, now - self.clock.now))

    # -- requests -----------------------------------------------------------------------------

    def _world(self, path: str, seed: str) -> list[str]:
        self.world = load_world(path, self._surroundings, int(seed) if seed else None)
        return [protocol.pack_integer(self.world.seed)]

    def _machine(self, name: str, prefix: str) -> list[str]:
        machine = HelperMachine(self.clock, self.listeners, self.is_stopping, name, prefix)
        if not self.machines:
            # What happens in the world is the first machine's.
            self._surroundings.prefix = prefix
        self.machines[name] = machine
        number = list(self.machines).index(name)
        machine.seed = self._there().machine_seed(number)
        return []

    def _radio(self, owner: str, name: str, kind: str, attributes: str) -> list[str]:
        model, constructor = catalogue.find(kind), constructors.find(kind)
        if constructor is None or not isinstance(model, catalogue.RadioType):
            radios = ", ".join(catalogue.names(catalogue.RADIO))
            raise RenodeWifiError(f"no radio is called {kind}", cure=f"radios: {radios}")
        machine = self._of(owner)
        radio = constructor.create(machine, name, control.parse_attributes(attributes))
        assert isinstance(radio, Radio)
        machine.add(name, cast(SplitRadio, radio), model.inputs)
        for method in model.callbacks:
            setattr(radio, method, _Callback(self, owner, name, method))
        radio.connect_world(self._there())
        return []

    def _input(self, owner: str, method: str, *values: str) -> list[str]:
        machine = self._of(owner)
        if machine.radio is None or method not in machine.inputs:
            raise protocol.ProtocolError(f"no radio has an input {method!r}")
        arguments = [protocol.unpack(value) for value in values]
        getattr(machine.radio.processor, method)(
            *[bytes(item) if isinstance(item, bytearray) else item for item in arguments]
        )
        return []

    def _of(self, owner: str) -> HelperMachine:
        if owner not in self.machines:
            raise protocol.ProtocolError(f"no machine is called {owner!r}")
        return self.machines[owner]

    def _there(self) -> World:
        if self.world is None:
            raise RenodeWifiError("the machine has no world", cure="use wifi_world first")
        return self.world

    def _advance(self) -> list[str]:
        return []

    def _fault(self, owner: str, fault: str, attributes: str) -> list[str]:
        control.inject(self._there(), fault, attributes)
        return []

    def _server(self, name: str) -> list[str]:
        return [protocol.pack_text(control.describe_server(self._there(), name))]

    def _random(self, owner: str, stream: str) -> list[str]:
        return [protocol.pack_integer(word) for word in self._of(owner).words(stream)]

    def _trace(self, owner: str, source: str, event: str, *fields: str) -> list[str]:
        pairs = zip(fields[::2], fields[1::2], strict=True)
        values = {name: protocol.unpack(value) for name, value in pairs}
        self._of(owner).trace(source, event, **values)
        return []


class _Callback:
    """A method of a link, as the processor in the helper sees it."""

    def __init__(self, service: Service, machine: str, radio: str, method: str) -> None:
        self.service = service
        self.machine = machine
        self.radio = radio
        self.method = method

    def __call__(self, *arguments: Any) -> bool:
        """True, as of a link that has room."""
        self.service.call(self.machine, self.radio, self.method, *arguments)
        return True


class LogForwarder(logging.Handler):
    """What models log goes to Renode's log, with the answer of the request under way."""

    def __init__(self, service: Service) -> None:
        super().__init__(logging.INFO)
        self.service = service

    def emit(self, record: logging.LogRecord) -> None:
        level = next((name for least, name in LEVELS if record.levelno >= least), "debug")
        self.service.log(level, record.getMessage())


def _pack(value: Any) -> str:
    if isinstance(value, bytes):
        return protocol.pack_bytes(value)
    return protocol.pack_text(value) if isinstance(value, str) else protocol.pack_integer(value)

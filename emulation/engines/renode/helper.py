"""The process beside Renode that has the radio's processor and the world.

    python -m renode_wifi.emulation.engines.renode.helper PORT RENODE

It connects to PORT on the loopback interface with the token that stands in the first line of its
standard input, serves one machine of the process RENODE, its parent, and ends with that connection
or with its input. The same `Service` runs inside `RenodeEngine`, where Python drives Renode.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TextIO, cast

from renode_wifi.emulation.engines.renode import guard, protocol
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform import catalogue, constructors
from renode_wifi.emulation.platform.trace import TraceListener
from renode_wifi.emulation.script import control
from renode_wifi.peripherals.base.clock import Clock, VirtualClock
from renode_wifi.peripherals.base.machine import BenchBus, Bus
from renode_wifi.peripherals.network.contract.radio import Radio
from renode_wifi.peripherals.network.world import World, load_world

LOG = "renode_wifi.helper"
CONNECT_TIMEOUT = 10.0
END_TIMEOUT = 5.0
LEVELS = ((logging.ERROR, "error"), (logging.WARNING, "warning"), (logging.INFO, "info"))


class SplitRadio(Radio, Protocol):
    """A radio whose processor may be in another process than its link."""

    @property
    def processor(self) -> object: ...


class HelperMachine:
    """Implements `peripherals.base.machine.Machine` for what is outside the chip."""

    def __init__(self) -> None:
        self.virtual_clock = VirtualClock()
        self.clock: Clock = self.virtual_clock
        self.bus: Bus = BenchBus()
        self.log = logging.getLogger(LOG)
        self.reset_cause = "power-on"
        self.seed = 0
        self.peripherals: dict[str, object] = {}
        self.listeners: list[TraceListener] = []

    def random(self, stream: str) -> random.Random:
        return random.Random(f"{self.seed}/{stream}")

    def peripheral(self, name: str) -> object:
        return self.peripherals[name]

    def trace(self, source: str, event: str, **fields: object) -> None:
        for listener in self.listeners:
            listener(self.clock.now, source, event, fields)

    def hears(self, event: str) -> bool:
        return bool(self.listeners)

    cpu_frequency = 0

    def set_cpu_frequency(self, hertz: int) -> None:
        """Renode's models tell it to Renode."""

    def request_reset(self, cause: str) -> None:
        self.log.warning("a reset was asked for (%s) where there is no chip", cause)


class Service:
    """Answers the requests of one Renode machine. Lines in, lines out; no sockets."""

    def __init__(self) -> None:
        self.machine = HelperMachine()
        self.world: World | None = None
        self.radio: SplitRadio | None = None
        self._inputs: Mapping[str, str] = {}
        self._answer: list[str] = []
        self._streams: dict[str, random.Random] = {}
        self._handlers: dict[str, Callable[..., list[str]]] = {
            protocol.WORLD: self._world,
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
            if name not in (protocol.WORLD, protocol.RADIO):
                self._follow(int(fields.pop(0)))
            values = handler(*fields)
        except RenodeWifiError as error:
            self._say(protocol.ERROR, str(error))
        except Exception as error:
            # Renode goes on without a radio; its log has the reason.
            self.machine.log.exception("request %r failed", line[:80])
            self._say(protocol.ERROR, f"the radio's helper failed: {error!r}")
        else:
            next_time = self.machine.virtual_clock.next_time
            self._say(
                protocol.DONE, protocol.NEVER if next_time is None else str(next_time), *values
            )
        return self._answer

    def close(self) -> None:
        if self.world is not None:
            self.world.close()

    def log(self, level: str, text: str) -> None:
        self._say(protocol.LOG, level, text)

    def call(self, radio: str, method: str, *arguments: bytes | str | int) -> None:
        """The radio's processor calls its link."""
        self._say(
            protocol.CALL, method, protocol.pack_text(radio), *[_pack(value) for value in arguments]
        )

    def _say(self, *fields: str) -> None:
        self._answer.append(protocol.encode(fields))

    def _follow(self, now: int) -> None:
        clock = self.machine.virtual_clock
        clock.advance(max(0, now - clock.now))

    # -- requests -----------------------------------------------------------------------------

    def _world(self, path: str, seed: str) -> list[str]:
        self.world = load_world(path, self.machine, int(seed) if seed else None)
        self.machine.seed = self.world.seed
        return [protocol.pack_integer(self.world.seed)]

    def _radio(self, name: str, kind: str, attributes: str) -> list[str]:
        model, constructor = catalogue.find(kind), constructors.find(kind)
        if constructor is None or not isinstance(model, catalogue.RadioType):
            radios = ", ".join(catalogue.names(catalogue.RADIO))
            raise RenodeWifiError(f"no radio is called {kind}", cure=f"radios: {radios}")
        radio = constructor.create(self.machine, name, control.parse_attributes(attributes))
        assert isinstance(radio, Radio)
        self.radio = cast(SplitRadio, radio)
        for method in model.callbacks:
            setattr(radio, method, _Callback(self, name, method))
        self.machine.peripherals[name] = radio
        self._inputs = model.inputs
        if self.world is not None:
            radio.connect_world(self.world)
        return []

    def _input(self, method: str, *values: str) -> list[str]:
        if self.radio is None or method not in self._inputs:
            raise protocol.ProtocolError(f"no radio has an input {method!r}")
        arguments = [protocol.unpack(value) for value in values]
        getattr(self.radio.processor, method)(
            *[bytes(item) if isinstance(item, bytearray) else item for item in arguments]
        )
        return []

    def _there(self) -> World:
        if self.world is None:
            raise RenodeWifiError("the machine has no world", cure="use wifi_world first")
        return self.world

    def _advance(self) -> list[str]:
        return []

    def _fault(self, fault: str, attributes: str) -> list[str]:
        if self.radio is None:
            raise RenodeWifiError("the machine has no radio", cure="run a board's script first")
        control.inject(self._there(), self.radio, fault, attributes)
        return []

    def _server(self, name: str) -> list[str]:
        return [protocol.pack_text(control.describe_server(self._there(), name))]

    def _random(self, stream: str) -> list[str]:
        source = self._streams.setdefault(stream, self.machine.random(stream))
        return [protocol.pack_integer(source.getrandbits(32)) for _ in range(protocol.RANDOM_WORDS)]

    def _trace(self, source: str, event: str, *fields: str) -> list[str]:
        pairs = zip(fields[::2], fields[1::2], strict=True)
        self.machine.trace(source, event, **{name: protocol.unpack(value) for name, value in pairs})
        return []


class _Callback:
    """A method of the link, as the processor in the helper sees it."""

    def __init__(self, service: Service, radio: str, method: str) -> None:
        self.service = service
        self.radio = radio
        self.method = method

    def __call__(self, *arguments: Any) -> bool:
        """True, as of a link that has room."""
        self.service.call(self.radio, self.method, *arguments)
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


def serve(connection: socket.socket, service: Service) -> None:
    """Answer requests until the other side hangs up."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection, connection.makefile("rw", encoding="utf-8", newline="\n") as stream:
        try:
            for line in stream:
                stream.write("\n".join(service.answer(line.rstrip("\n"))) + "\n")
                stream.flush()
        except (ConnectionError, BrokenPipeError):
            # Renode was killed: nobody is left to answer.
            pass
        finally:
            service.close()


def greet(connection: socket.socket, token: str) -> None:
    """Say who we are and hear who is there; ProtocolError where it isn't our Renode."""
    connection.sendall(f"{protocol.greeting(token)}\n".encode())
    protocol.check_greeting(read_line(connection), token)


def read_line(connection: socket.socket) -> str:
    """One short line, byte by byte: what follows belongs to another reader."""
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte or len(line) > 200:
            raise protocol.ProtocolError("the other side hung up")
        line += byte
    return line[:-1].decode("utf-8", "replace")


def _end_with_input(stream: TextIO, renode: int) -> None:
    """Renode's end closes the pipe, however it came about, even while a request is under way."""
    while stream.read(4096):
        pass
    remove_leftovers(renode)
    os._exit(0)


def remove_leftovers(renode: int) -> None:
    """A Renode that was killed leaves its temporary folder to the next one; we need not wait."""
    folder = guard.folder_of(renode)
    deadline = time.monotonic() + END_TIMEOUT
    while folder.exists() and time.monotonic() < deadline:
        if os.getppid() != renode:
            guard.remove_folder(renode)
            return
        time.sleep(0.05)


def main(arguments: list[str]) -> int:
    if len(arguments) != 2 or not all(argument.isdigit() for argument in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    port, renode = map(int, arguments)
    # A terminal sends them to Renode's whole group; we end after Renode, to tidy up behind it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    token = sys.stdin.readline().strip()
    threading.Thread(target=_end_with_input, args=(sys.stdin, renode), daemon=True).start()
    try:
        return _serve_renode(port, token)
    finally:
        remove_leftovers(renode)


def _serve_renode(port: int, token: str) -> int:
    try:
        connection = socket.create_connection(("127.0.0.1", port), CONNECT_TIMEOUT)
        greet(connection, token)
        connection.settimeout(None)
    except (OSError, protocol.ProtocolError) as error:
        print(f"renode-wifi helper: {error}", file=sys.stderr)
        return 1
    service = Service()
    logging.getLogger(LOG).addHandler(LogForwarder(service))
    logging.getLogger(LOG).setLevel(logging.INFO)
    logging.getLogger(LOG).propagate = False
    serve(connection, service)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

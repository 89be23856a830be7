"""A board in labgrid: power, console, reset and load.

    targets:
      main:
        resources:
          RenodeWifiBoard: {board: b_l475e_iot01a, image: build/firmware.elf}
        drivers:
          RenodeWifiDriver: {}
    imports: [renode_wifi.emulation.frontends.lab.labgrid]

Virtual time passes while a test reads the console or expects something on it, and stands still
otherwise. Time-outs are virtual.

Source: labgrid's developer manual, "Writing a Driver"; driver/serialdriver.py.
"""

from __future__ import annotations

import attr
import pexpect
from labgrid.driver.common import Driver
from labgrid.driver.consoleexpectmixin import ConsoleExpectMixin
from labgrid.driver.exception import ExecutionError
from labgrid.factory import target_factory
from labgrid.protocol import BootstrapProtocol, ConsoleProtocol, PowerProtocol, ResetProtocol
from labgrid.resource.common import Resource

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.errors import RenodeWifiError


@target_factory.reg_resource
@attr.s(eq=False)
class RenodeWifiBoard(Resource):
    """An emulated board. Paths are those of the process that runs labgrid.

    image: firmware in flash at power-on. world: world file, the board's default without one. uart:
    the console's port, the board's own without one.
    """

    board: str = attr.ib(validator=attr.validators.instance_of(str))
    image: str = attr.ib(default="", validator=attr.validators.instance_of(str))
    world: str = attr.ib(default="", validator=attr.validators.instance_of(str))
    seed: int | None = attr.ib(
        default=None, validator=attr.validators.optional(attr.validators.instance_of(int))
    )
    engine: str = attr.ib(default="auto", validator=attr.validators.instance_of(str))
    uart: str = attr.ib(default="", validator=attr.validators.instance_of(str))


@target_factory.reg_driver
@attr.s(eq=False)
class RenodeWifiDriver(
    ConsoleExpectMixin, Driver, ConsoleProtocol, PowerProtocol, ResetProtocol, BootstrapProtocol
):
    """Drives a RenodeWifiBoard. It is off at first."""

    bindings = {"resource": RenodeWifiBoard}
    txdelay: float = attr.ib(default=0.0, validator=attr.validators.instance_of(float))
    txchunk: int = attr.ib(default=1, validator=attr.validators.instance_of(int))

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        self.board: Board | None = None
        """The board while its power is on."""
        self._image = ""
        self._received = bytearray()

    def on_deactivate(self) -> None:
        self._power_off()

    # -- power --------------------------------------------------------------------------------

    @Driver.check_active
    def on(self) -> None:
        if self.board is not None:
            return
        resource = self.resource
        try:
            board = Board(
                resource.board,
                self._image or resource.image or None,
                resource.world or None,
                resource.seed,
                resource.engine,
            )
            if resource.uart:
                board.engine.source(resource.uart)
                board.write(b"", resource.uart)
                board.default_uart = resource.uart
        except RenodeWifiError as error:
            raise ExecutionError(str(error)) from error
        self._received.clear()
        board.uart.byte_listeners.append(lambda time, byte: self._received.append(byte))
        self.board = board

    @Driver.check_active
    def off(self) -> None:
        self._power_off()

    @Driver.check_active
    def cycle(self) -> None:
        self._power_off()
        self.on()

    def _power_off(self) -> None:
        if self.board is not None:
            self.board.close()
        self.board = None
        self._received.clear()

    # -- reset, load --------------------------------------------------------------------------

    @Driver.check_active
    def reset(self) -> None:
        self._running.reset()

    @Driver.check_active
    def load(self, filename: str) -> None:
        """Program an image; a board that is on starts it."""
        known = self._knows(filename)
        self._image = self.target.env.config.get_image_path(filename) if known else filename
        if self.board is None:
            return
        try:
            self.board.load(self._image)
        except RenodeWifiError as error:
            raise ExecutionError(str(error)) from error

    def _knows(self, name: str) -> bool:
        """Whether the environment's `images` have that name."""
        environment = self.target.env
        return environment is not None and name in environment.config.get_images()

    # -- console ------------------------------------------------------------------------------

    def open(self) -> None: ...

    def close(self) -> None: ...

    def _read(self, size: int = 1, timeout: float = 0.0, max_size: int | None = None) -> bytes:
        if not self._received:
            board = self._running
            board.uart.byte_listeners.append(self._stop)
            try:
                board.run_to_stop(lambda: bool(self._received), timeout or 0.0)
            except RenodeWifiError as error:
                raise ExecutionError(str(error)) from error
            finally:
                board.uart.byte_listeners.remove(self._stop)
        if not self._received:
            raise pexpect.TIMEOUT(f"nothing came within {timeout:.2f} s of virtual time")
        count = len(self._received) if max_size is None else min(max_size, len(self._received))
        data = bytes(self._received[:count])
        del self._received[:count]
        return data

    def _write(self, data: bytes) -> int:
        self._running.write(data)
        return len(data)

    def _stop(self, time: int, byte: int) -> None:
        self._running.stop()

    @property
    def _running(self) -> Board:
        if self.board is None:
            raise ExecutionError("the board is off: call its PowerProtocol's on() first")
        return self.board

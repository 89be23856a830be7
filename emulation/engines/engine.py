"""What a board asks of the engine that runs it. Each engine gives one implementation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from renode_wifi.emulation.image.crash import Crash
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.platform.boards import BoardType
from renode_wifi.emulation.platform.core import OnFault, Stop
from renode_wifi.emulation.platform.trace import TraceListener
from renode_wifi.emulation.terminals.attached import Terminals

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.world import World


class RunControl(Protocol):
    """Stands between an engine and whoever lets time pass, as a debugger does."""

    def run(self, until: int) -> Stop:
        """As `Engine.run`."""

    def request_stop(self) -> None:
        """As `Engine.request_stop`."""

    @property
    def wants_to_run(self) -> bool:
        """It would let time pass although nobody asks for it."""

    def poll(self) -> None:
        """Do what is to be done while no time passes."""

    def close(self) -> None:
        """The engine is closed."""


class Engine(Protocol):
    """The machines of one session on one engine; as a rule one board.

    Where there are several, `now`, `instructions`, `world`, `load`, `reset` and `read_memory` are
    about the one that the script has selected; `run` lets time pass on all of them.
    """

    name: str
    """Name of the engine: "embedded" or "renode"."""

    @property
    def now(self) -> int:
        """Virtual time in ns since power-on."""

    @property
    def instructions(self) -> int:
        """Instructions executed since power-on."""

    @property
    def crash(self) -> Crash | None:
        """The fault that stopped the guest, if one did."""

    on_fault: OnFault
    fault_listeners: list[Callable[[Crash], None]]
    """Called for faults that the firmware's own handlers take."""
    terminals: Terminals
    """Where serial ports end on this host."""

    @property
    def machines(self) -> list[str]:
        """Names of all machines, in the order in which they were made."""

    @property
    def world(self) -> World | None:
        """The world around the radio; None until a script has made one."""

    def peripherals(self, machine: str) -> dict[str, str]:
        """Full names, and what each is to a tester: "uart", "led" or nothing. Empty: not known."""

    def load(self, image: Image) -> None:
        """Write an image into the memories and reset the chip to start it."""

    def run(self, until: int) -> Stop:
        """Run up to virtual time `until` (ns)."""

    def request_stop(self) -> None:
        """Come back from `run` at the next block of instructions. Safe from any thread."""

    def reset(self) -> None:
        """Pull the reset pin."""

    def subscribe(self, listener: TraceListener, event: str | None = None) -> None:
        """Notify `listener` of everything that the models trace, or of one event only."""

    def source(self, name: str, machine: str | None = None) -> str:
        """Under which name a model of a machine traces, and a UART is written to.

        machine: its name; None: the only one there is. Raises RenodeWifiError.
        """

    def write_uart(self, name: str, data: bytes) -> None:
        """Bytes for the RX pin of a UART, at that port's speed. name: that of its `source`."""

    def is_receiving(self, name: str) -> bool:
        """Whether firmware has switched a UART's reception on; True where that isn't known."""

    def execute(self, command: str) -> str:
        """Run one monitor command; returns what it prints."""

    def read_memory(self, address: int, length: int) -> bytes: ...

    def registers(self) -> dict[str, int]:
        """r0 to r12, sp, lr, pc, xpsr and psp of the core; empty where they are not known."""

    def save(self) -> bytes:
        """The whole board, CPU to world, as bytes."""

    def restore(self, state: bytes) -> None: ...

    def close(self) -> None: ...


class EngineFactory(Protocol):
    """How an engine comes to be."""

    @classmethod
    def of_board(cls, board: BoardType, world: Path | None, seed: int | None) -> Engine:
        """A board composed by its script; None: the board's world, the world's seed."""

    @classmethod
    def empty(cls) -> Engine:
        """No machine yet: monitor commands will make one."""

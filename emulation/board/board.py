"""The one way to drive a board, whichever engine runs it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from renode_wifi.emulation.board.session import BoardTimeout, GuestCrash, Session, Snapshot
from renode_wifi.emulation.engines import select as engines
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.image.load import ImageSource, load_images
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.platform.core import OnFault

__all__ = ["Board", "BoardTimeout", "GuestCrash", "Snapshot"]


class Board(Session):
    """One emulated board with its world.

    name: see `boards.names()`. image: firmware to load and start, a file or several, as
    `load_images` takes them. world: world file; the board's default world without one. seed:
    overrides the world file's. engine: "embedded", "renode" or "auto". on_fault: what a fault of
    the firmware means to the run: "report", "stop" or "continue".
    """

    def __init__(
        self,
        name: str,
        image: ImageSource | Sequence[ImageSource] | None = None,
        world: Path | str | None = None,
        seed: int | None = None,
        engine: str = "auto",
        on_fault: OnFault | str = OnFault.REPORT,
    ) -> None:
        policy = _policy(on_fault)
        self.type = boards.find(name)
        engines.prepare(engine)
        if image is not None:
            image = self._read(image)
        world = None if world is None else Path(world)
        super().__init__(engines.start(engine, self.type, world, seed), self.type.uart)
        self.engine.on_fault = policy
        if image is not None:
            self.load(image)

    @property
    def name(self) -> str:
        return self.type.name

    def execute(self, command: str) -> str:
        """Run a monitor command. Raises GuestCrash where the firmware crashes meanwhile, as in
        `emulation RunFor "1"`; a state that is loaded may have crashed before."""
        before = self.crash
        output = super().execute(command)
        loads = command.split()[:1] in (["Load"], ["load"])
        if self.crash is not None and self.crash != before and not loads:
            raise GuestCrash(self.crash_report())
        return output

    def load(self, image: ImageSource | Sequence[ImageSource]) -> None:
        """Program an image, or several, into flash and start it."""
        self.image = self._read(image)
        self.engine.load(self.image)

    def _read(self, image: ImageSource | Sequence[ImageSource]) -> Image:
        read = load_images(image, guess=self.type.place, board=self.name)
        self.type.check(read)
        return read


def _policy(on_fault: OnFault | str) -> OnFault:
    try:
        return OnFault(on_fault)
    except ValueError:
        raise RenodeWifiError(
            f"a fault can't mean {on_fault!r}", cure=f"on_fault: {', '.join(OnFault)}"
        ) from None

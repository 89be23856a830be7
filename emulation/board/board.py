"""The one way to drive a board, whichever engine runs it."""

from __future__ import annotations

from pathlib import Path

from renode_wifi.emulation.board.session import BoardTimeout, GuestCrash, Session, Snapshot
from renode_wifi.emulation.engines import select as engines
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.platform import boards

__all__ = ["Board", "BoardTimeout", "GuestCrash", "Snapshot"]


class Board(Session):
    """One emulated board with its world.

    name: see `boards.names()`. image: firmware to load and start. world: world file; the board's
    default world without one. seed: overrides the world file's. engine: "embedded", "renode" or
    "auto".
    """

    def __init__(
        self,
        name: str,
        image: Path | str | Image | None = None,
        world: Path | str | None = None,
        seed: int | None = None,
        engine: str = "auto",
    ) -> None:
        self.type = boards.find(name)
        if image is not None and not isinstance(image, Image):
            image = load_image(image)
        if image is not None:
            self.type.check(image)
        world = None if world is None else Path(world)
        super().__init__(engines.start(engine, self.type, world, seed), self.type.uart)
        if image is not None:
            self.load(image)

    @property
    def name(self) -> str:
        return self.type.name

    def load(self, image: Path | str | Image) -> None:
        """Program an image into flash and start it."""
        if not isinstance(image, Image):
            image = load_image(image)
        self.type.check(image)
        self.image = image
        self.engine.load(image)

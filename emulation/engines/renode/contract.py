"""What adapters of models inside Renode ask of their machine, for type checkers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from renode_wifi.emulation.engines.renode.inside.log import Log


class RenodeGpio(Protocol):
    """A GPIO of Renode's."""

    def Set(self, level: bool) -> None: ...


class ModelPins(Protocol):
    """Where the levels of our models' pins go, on their way to Renode's."""

    def set(self, gpio: RenodeGpio, level: bool) -> None: ...


class HeldModelPins(ModelPins, Protocol):
    """Levels may wait there for the end of a port's write."""

    def write(self, port: RenodePort, offset: int, value: int) -> None: ...


class RenodePort(Protocol):
    """A GPIO port of Renode's, as far as stores go."""

    def WriteDoubleWord(self, offset: int, value: int) -> None: ...


class ArrayStores(Protocol):
    """Knows which stores into the flash array are the controller's."""

    def follow(self, control: int) -> None: ...


class AdapterMachine(Protocol):
    """flash_writes: None before the flash controller has said that it handles stores."""

    @property
    def log(self) -> Log: ...

    @property
    def pins(self) -> ModelPins: ...

    @property
    def flash_writes(self) -> ArrayStores | None: ...

    def close(self) -> None:
        """It is gone."""


class PortMachine(AdapterMachine, Protocol):
    """What GPIO ports need of it: levels wait until a port has finished its write."""

    @property
    def pins(self) -> HeldModelPins: ...

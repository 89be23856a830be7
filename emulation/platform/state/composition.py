"""What a board and its world were composed with: a snapshot refers to it, and never brings it.

So a snapshot decides neither where files of the host are nor what of its network may be reached.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.core import Core
from renode_wifi.emulation.platform.state import likeness
from renode_wifi.emulation.platform.state.trust import Known, name_of
from renode_wifi.peripherals.network.radio_model import RadioProfile

if TYPE_CHECKING:
    from renode_wifi.emulation.platform.snapshot import State
    from renode_wifi.emulation.platform.wires import Input
    from renode_wifi.peripherals.network.world import World
    from renode_wifi.peripherals.network.worldfile.schema import WorldSettings


@dataclass(frozen=True)
class Composition:
    """The models of a machine by name, its wired inputs, and the world around it."""

    models: Mapping[str, object]
    inputs: Mapping[Input, object]
    world: World | None

    def known(self, fixed: Mapping[str, object]) -> Known:
        """fixed: what the machine has besides the models."""
        return Known({**fixed, **self._fixed()}, self._make(), self._own_classes())

    def _fixed(self) -> dict[str, object]:
        fixed = {f"model {name}": model for name, model in self.models.items()}
        for name, profile in self._profiles().items():
            fixed[f"profile of {name}"] = profile
        if self.world is not None:
            fixed["log of the world"] = self.world.machine.log
            for number, settings in enumerate(_settings_in(self.world.settings)):
                fixed[f"world {number}"] = settings
            if self.world.bridge is not None:
                fixed["learned names"] = self.world.bridge.guard.names
        return fixed

    def _make(self) -> list[str]:
        """By what a snapshot knows a board of the same make, in a world of the same file."""
        make = [*self.models, *map(repr, self._profiles().values())]
        if self.world is not None:
            make.append(_digest(self.world.settings))
        return make

    def _own_classes(self) -> dict[str, type]:
        """Of the modules of the user's own servers, which run with all that this program may do."""
        classes: dict[str, type] = {}
        for server in self.world.settings.servers if self.world is not None else ():
            if server.server_class is not None:
                name = server.server_class.__module__
                for item in vars(sys.modules[name]).values():
                    if isinstance(item, type) and item.__module__ == name:
                        classes[name_of(item)] = item
        return classes

    def check(self, saved: State, core: Core) -> None:
        """Whether a state fits, before anything takes it. Raises RenodeWifiError."""
        try:
            self._check(saved)
            likeness.check_clock(core.clock.__getstate__(), saved["clock"])
            core.check(saved["core"])
        except RenodeWifiError:
            raise
        except Exception as error:
            # Whatever a value that isn't what it should be leads to.
            raise RenodeWifiError(
                f"the snapshot doesn't fit this board: {error}",
                cure="restore it on a board composed by the same script",
            ) from error

    def _check(self, saved: State) -> None:
        if saved["models"].keys() != self.models.keys():
            raise ValueError("it has other models")
        for name, model in self.models.items():
            present: Any = model.__getstate__()
            likeness.check(name, present, saved["models"][name])
        if type(saved["world"]) is not type(self.world):
            raise ValueError("one has a world and the other hasn't")
        if saved["inputs"].keys() != self.inputs.keys():
            raise ValueError("it is wired otherwise")
        cause, asked, frequency, vector_table = saved["reset"]
        if not (
            isinstance(cause, str)
            and isinstance(asked, str | None)
            and isinstance(frequency, int)
            and isinstance(vector_table, int | None)
            and isinstance(saved["seed"], int | str)
        ):
            raise ValueError("its state of the reset is none")
        gates = saved["gates"]
        texts = [*gates, *gates.values()] if isinstance(gates, dict) else [None]
        if not all(isinstance(text, str) for text in texts):
            raise ValueError("its gates of the clocks are none")

    def _profiles(self) -> dict[str, RadioProfile]:
        """Of the radios: what their descriptions and the world file make of them."""
        found = {name: getattr(model, "profile", None) for name, model in self.models.items()}
        return {name: item for name, item in found.items() if isinstance(item, RadioProfile)}


def _digest(settings: WorldSettings) -> str:
    """Another for every world file, wherever it is."""
    text = repr(replace(settings, notices=()))
    return hashlib.sha256(text.encode()).hexdigest()


def _settings_in(value: object) -> Iterator[object]:
    if is_dataclass(value) and not isinstance(value, type):
        yield value
        for field in fields(value):
            yield from _settings_in(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _settings_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _settings_in(item)

"""A board: its models by name on one core, and what they may ask of it.

Everything that changes while the guest runs can be saved and restored in place: the models keep
their identity, so that the handlers that the core holds of them stay valid.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.platform.core import Core, Stop
from renode_wifi.emulation.platform.faults.power import POWER_ON, lose_power
from renode_wifi.emulation.platform.shared_world import WorldMachine
from renode_wifi.emulation.platform.stock.bit_banding import BitBanding
from renode_wifi.emulation.platform.stock.cortex_m import CortexM, halt_without_program
from renode_wifi.emulation.platform.stock.memory import Memory
from renode_wifi.emulation.platform.stock.nvic import Nvic
from renode_wifi.emulation.platform.stock.system_bus import Places, block_size
from renode_wifi.emulation.platform.stock.tagged_range import Tag, Tags
from renode_wifi.emulation.platform.stock.unanswered import Unanswered
from renode_wifi.emulation.platform.syntax import Range
from renode_wifi.emulation.platform.trace import Listeners, ModelLevels, TraceListener
from renode_wifi.emulation.platform.wires import Input, Wires
from renode_wifi.emulation.visible import visible_log
from renode_wifi.peripherals.base.bus import BusPeripheral
from renode_wifi.peripherals.base.clock import Clock
from renode_wifi.peripherals.base.line import Line, Receiver
from renode_wifi.peripherals.base.machine import Bus
from renode_wifi.peripherals.network.contract.radio import InWorld, Radio

if TYPE_CHECKING:
    from renode_wifi.emulation.platform.snapshot import State
    from renode_wifi.emulation.platform.state.composition import Composition
    from renode_wifi.emulation.platform.state.trust import Known
    from renode_wifi.peripherals.network.world import World

SYSBUS = "sysbus"
LOG = "renode_wifi.machine"


class Machine:
    """Implements `peripherals.base.machine.Machine` over a core."""

    def __init__(self, core: Core, name: str = "machine-0", seed: int | str = 0) -> None:
        self.core = core
        self.request_stop, self.is_stopping = core.request_stop, core.is_stopping
        self.name = name
        self.seed = seed
        self.prefix = ""
        """Of the sources of its traces: empty for an emulation's first machine."""
        self.epoch = 0
        """Virtual time of the emulation, in ns, at this machine's power-on."""
        self.clock: Clock = core.clock
        self.bus: Bus = core.bus
        self.log = visible_log(LOG)
        self.log_levels = ModelLevels(self.log)
        self.reset_cause = POWER_ON
        self.cpu_frequency = 0
        self.clock_scale = 1.0
        self.vector_table: int | None = None
        """Where the core finds its initial SP and PC at reset; None: where the image has them."""
        self.world: World | None = None
        self.peripherals: dict[str, object] = {}
        self.full_names: dict[str, str] = {SYSBUS: SYSBUS}
        self.places = Places()
        self.reset_scripts: dict[str, list[str]] = {}
        self.reset_listeners: list[Callable[[], None]] = []
        self.probes: dict[str, Callable[..., object]] = {}
        self.noted: dict[str, tuple[int, int]] = {}
        self.search_path: list[Path] = []
        self.images: list[Image] = []  # loaded ones, for their symbols
        self._listeners = Listeners()
        self._wires = Wires()
        self._reset_asked: str | None = None
        self.unanswered = Unanswered(core, self.log)
        self.tags = Tags(core, self.log)
        self.set_clock = self.unanswered.set_clock
        # For the power controller, the clocks and the firewall.
        self.on_deep_sleep, self.power_down = core.on_deep_sleep, core.power_down
        self.on_sleep, self.follow_sleep = core.on_sleep, core.follow_sleep
        self.set_firewall, self.wires_changed = core.set_firewall, core.wires_changed

    # -- contract with models -----------------------------------------------------------------

    def random(self, stream: str) -> random.Random:
        return random.Random(f"{self.seed}/{stream}")

    def peripheral(self, name: str) -> object:
        if name == SYSBUS:
            return self.bus
        if name == "machine":
            return self
        return self.peripherals[name]

    def trace(self, source: str, event: str, **fields: object) -> None:
        listeners = self._listeners.of(event)
        if listeners:
            now = self.clock.now
            for listener in listeners:
                listener(now, self.prefix + source, event, fields)

    def is_observed(self, event: str) -> bool:
        return bool(self._listeners.of(event))

    def set_cpu_frequency(self, hertz: int) -> None:
        self.cpu_frequency = hertz
        self.core.set_frequency(round(hertz * self.clock_scale))

    def request_reset(self, cause: str) -> None:
        self._reset_asked = cause
        self.core.request_reset()

    # -- composition --------------------------------------------------------------------------

    def names(self) -> list[str]:
        """What a description may refer to."""
        return [SYSBUS, "machine", *self.peripherals]

    def full_name(self, name: str) -> str:
        """`sysbus.spi3.ism43362` for what is registered, the plain name for the rest."""
        return self.full_names.get(name, name)

    def add(self, name: str, model: object) -> None:
        self.peripherals[name] = model

    def connect(self, line: Line, receiver: Receiver | Nvic, end: Input) -> None:
        """Wire an output to an input; see `Wires.connect`."""
        self.core.wires_changed()
        if isinstance(receiver, Nvic):
            receiver = receiver.input(end[2])
        self._wires.connect(line, receiver, end)

    def register(
        self,
        name: str,
        register: str,
        place: int | Range | None,
        alias: str | None = None,
        region: str | None = None,
    ) -> None:
        """Put the model `name`, or a region of it, on the bus or on another model's bus."""
        model = self.peripherals.get(name)
        if model is None:
            raise RenodeWifiError(f"{name} is where it is", cure="register what you create")
        if region is not None:
            model = getattr(model, "regions", {}).get(region)
            if model is None:
                raise RenodeWifiError(
                    f"{name} has no region {region!r}", cure="leave the region out"
                )
        if register == SYSBUS:
            self._register_on_bus(name, model, place)
        else:
            self._register_on_parent(name, model, register, place)
        self.full_names[name] = f"{self.full_name(register)}.{alias or name}"

    def _register_on_bus(self, name: str, model: object, place: int | Range | None) -> None:
        if isinstance(model, (CortexM, BitBanding, Nvic)):
            return
        if place is None:
            raise RenodeWifiError(
                f"{name} has no address", cure="write it behind sysbus: @ sysbus 0x40000000"
            )
        base = place.start if isinstance(place, Range) else place
        if isinstance(model, Memory):
            size = model.size
        elif isinstance(place, Range):
            size = place.size
        else:
            size = block_size(model)
        self.places.claim(name, Range(base, base + size))
        if isinstance(model, Memory):
            model.place(base)
        elif isinstance(model, BusPeripheral):
            self.core.map_peripheral(base, size, model)
            self.unanswered.add(name, model)
        else:
            raise RenodeWifiError(
                f"a {type(model).__name__} cannot be on the system bus",
                cure="register it where it is wired to, or @ none",
            )

    def _register_on_parent(
        self, name: str, model: object, register: str, place: int | Range | None
    ) -> None:
        parent = self.peripherals.get(register)
        attach = getattr(parent, "attach", None)
        fits = attach is not None or hasattr(parent, "on_gpio")
        if attach is not None:
            try:
                if place is None:
                    attach(model)
                else:
                    attach(model, place)
            except (AttributeError, TypeError, ValueError):
                # What is attached lacks what that bus speaks, or the place is no address on it.
                fits = False
        if not fits:
            raise RenodeWifiError(
                f"Register '{register}' does not provide an interface to register '{name}'",
                cure="register it with a bus controller or a port",
            )

    def tag(self, tag: Tag) -> None:
        """Make addresses harmless to touch. What is there goes on, as in Renode."""
        self.tags.add(tag)

    def on_reset(self, name: str, commands: list[str]) -> None:
        """Monitor commands of a `reset:` section."""
        self.reset_scripts[name] = commands

    def connect_world(self, world: World) -> None:
        """Put radios and sensors into `world`, whose faults may happen to the board, too."""
        from renode_wifi.emulation.platform.faults.board import attach

        self.world = world
        for model in [each for each in self.peripherals.values() if isinstance(each, InWorld)]:
            model.connect_world(world)
        attach(self, world)

    @property
    def flash_faults(self) -> object:
        return None if self.world is None else self.world.flash_faults

    def radios(self) -> list[Radio]:
        return [model for model in self.peripherals.values() if isinstance(model, Radio)]

    def find_file(self, name: str) -> Path | None:
        paths = (folder / name for folder in (Path.cwd(), *self.search_path))
        return next((path for path in paths if path.is_file()), None)

    # -- driving ------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        return self.clock.now

    @property
    def emulation_time(self) -> int:
        """Virtual time of the emulation in ns, as far as this machine has come."""
        return self.epoch + self.clock.now

    def subscribe(self, listener: TraceListener, event: str | None = None) -> None:
        """Notify `listener` of everything that is traced, or of one event only."""
        self._listeners.add(listener, event)
        self.core.wires_changed()

    def unsubscribe(self, listener: TraceListener) -> None:
        self._listeners.remove(listener)

    def load(self, image: Image) -> None:
        """Write an image's bytes; whatever it leaves out stays as it is."""
        for segment in image.segments:
            if not any(
                area.start <= segment.address and segment.end <= area.end
                for name, ranges in self.places.items()
                for area in ranges
                if isinstance(self.peripherals.get(name), Memory)
            ):
                raise RenodeWifiError(
                    f"{len(segment.data)} bytes at 0x{segment.address:08X} are outside of every"
                    " memory",
                    where=str(image.path),
                    cure="link the image for this board",
                )
        for segment in image.segments:
            self.bus.write_bytes(segment.address, segment.data)
        self.images.append(image)
        for radio in self.radios():
            radio.provision([(item.address, item.data) for item in image.segments], image.files)

    def start(self, image: Image | None = None, vector_table: int | None = None) -> None:
        """Let the core start from its vector table: the one it gets, or that of a new image."""
        if vector_table is not None:
            self.vector_table = vector_table
        elif self.vector_table is None and image is not None:
            self.vector_table = min(segment.address for segment in image.segments)
        self.core.vector_table = self.vector_table or 0
        self.core.reset()

    def run(self, until: int) -> Stop:
        """Run to `until` ns, through any resets that the guest asks for."""
        self.tags.settle(self.places, self.peripherals)
        if not self.images:
            halt_without_program(self.peripherals, self.core)
        while True:
            stop = self.core.run(until)
            if stop is not None:
                return stop
            self.reset(self._reset_asked or "software")

    def reset(self, cause: str = "pin") -> None:
        """Reset the chip; memories and what stands around the chip keep their state."""
        self._reset_asked = None
        self.reset_cause = cause
        self.trace(self.name, "reset", cause=cause)
        if cause == POWER_ON:
            lose_power(self)
        for reset in [getattr(model, "reset", None) for model in self.peripherals.values()]:
            if reset is not None:
                reset()
        self.start()
        for listener in self.reset_listeners:
            listener()

    def close(self) -> None:
        self.log_levels.clear()
        self.core.close()
        if self.world is not None:
            around = self.world.machine
            if not isinstance(around, WorldMachine) or around.leave(self):
                self.world.close()

    # -- state --------------------------------------------------------------------------------

    def save(self) -> bytes:
        """The whole board as bytes: core, clock, models and world. Raises RenodeWifiError."""
        from renode_wifi.emulation.platform import snapshot

        return snapshot.dump(self.state(), self.known())

    def state(self) -> State:
        """What changes while the guest runs."""
        return {
            "core": self.core.save(),
            "clock": self.core.clock.__getstate__(),
            "models": {name: model.__getstate__() for name, model in self.peripherals.items()},
            "inputs": self._wires.inputs,
            "seed": self.seed,
            "world": self.world,
            "reset": (
                self.reset_cause,
                self._reset_asked,
                self.cpu_frequency,
                self.vector_table,
            ),
            "clock_scale": self.clock_scale,
            "gates": self.unanswered.gates,
        }

    def restore(self, state: bytes) -> None:
        """Become what `save` saw, on this machine or on another composed alike.

        Raises RenodeWifiError; the machine is as it was then.
        """
        from renode_wifi.emulation.platform import snapshot

        saved = snapshot.load(state, self.known())
        self.check(saved)
        self.apply(saved)

    def check(self, saved: State) -> None:
        """Whether `apply` can take a state. Raises RenodeWifiError."""
        self._composition().check(saved, self.core)

    def apply(self, saved: State) -> None:
        """Become what `state` saw."""
        for name, attributes in saved["models"].items():
            model = self.peripherals[name]
            take = getattr(model, "__setstate__", None)
            if take is not None:
                take(attributes)
            else:
                model.__dict__.clear()
                model.__dict__.update(attributes)
        self._wires.inputs = saved["inputs"]
        clock = self.core.clock
        source, listener = clock.source, clock.listener
        clock.__setstate__(saved["clock"])
        clock.source, clock.listener = source, listener
        self.seed = saved["seed"]
        self.clock_scale = saved.get("clock_scale", 1.0)
        if self.world is not None and self.world is not saved["world"]:
            # The restored world opens the host's ports itself.
            self.world.close()
        self.world = saved["world"]
        (
            self.reset_cause,
            self._reset_asked,
            self.cpu_frequency,
            self.vector_table,
        ) = saved["reset"]
        self.core.restore(saved["core"])
        self.unanswered.set_gates(saved["gates"])

    def known(self) -> Known:
        """What a snapshot refers to, and by what it knows a board of the same make and world."""
        own = {"machine": self, "core": self.core, "clock": self.clock, "bus": self.bus}
        own |= {"nvic": self.core.nvic, "log": self.log}
        return self._composition().known(own)

    def _composition(self) -> Composition:
        from renode_wifi.emulation.platform.state.composition import Composition

        return Composition(self.peripherals, self._wires.inputs, self.world)

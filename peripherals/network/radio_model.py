"""What the radios share: a profile that attributes set, and what a world file says of them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar, runtime_checkable

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.network.contract.station import World
from renode_wifi.peripherals.network.faults.radio import RadioFault
from renode_wifi.peripherals.network.worldfile.faults import FaultSettings as WorldFault
from renode_wifi.peripherals.network.worldfile.radio import Credential
from renode_wifi.peripherals.network.worldfile.schema import WorldSettings

MAC = re.compile("[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}")


class RadioProfile:
    """Base of the dataclasses that hold what can be set of a radio; each field has a default.

    Attributes of a `.repl` file or a world file are its fields, in camel case (`bootTimeUs`) or
    as they are.
    """

    RADIO: ClassVar[str]
    """The radio in a sentence."""
    OUI: ClassVar[str]
    """First half of its maker's MAC addresses."""
    NOT_SAVED: ClassVar[bool] = True
    """A snapshot refers to the board's profile."""
    mac: str

    def __post_init__(self) -> None:
        if self.mac and MAC.fullmatch(self.mac) is None:
            raise RenodeWifiError(f"mac is {self.mac!r}", cure=f"write it as {self.OUI}:00:00:01")

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, object]) -> Self:
        """The profile with attributes applied. Raises RenodeWifiError for those it has not."""
        assert dataclasses.is_dataclass(cls)
        fields = {field.name: field for field in dataclasses.fields(cls)}
        values: dict[str, Any] = {}
        for name, value in attributes.items():
            key = re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()
            if key not in fields:
                raise RenodeWifiError(
                    f"{cls.RADIO} has no attribute {name!r}",
                    cure=f"it has {', '.join(sorted(map(_as_written, fields)))}",
                )
            kind = type(fields[key].default)
            if kind is bytes and isinstance(value, str):
                value = value.encode("latin-1").decode("unicode_escape").encode("latin-1")
            if type(value) is not kind:
                raise RenodeWifiError(
                    f"{name} is {value!r}", cure=f"give it a value of type {kind.__name__}"
                )
            values[key] = value
        return cls(**values)


def _as_written(field: str) -> str:
    """A field's name as descriptions and world files have it."""
    return re.sub("_([a-z])", lambda match: match[1].upper(), field)


class FaultSource(Protocol):
    def attach(self, radio: object) -> None:
        """Inject the faults of the world file that are a radio's into this one, in their time."""


@runtime_checkable
class DescribedWorld(Protocol):
    """A world built from a world file, which may have something to say of the radio."""

    settings: WorldSettings
    faults: FaultSource

    def radio_credentials(self) -> dict[int, Callable[[], Credential]]: ...

    def radio_files(self) -> dict[str, Callable[[], bytes]]: ...


Fault = TypeVar("Fault", bound=RadioFault[Any])


Struck = TypeVar("Struck", contravariant=True)


class RadioProcessor(Protocol[Struck]):
    """What is behind a radio's link, as the radio's model sees it."""

    def connect_world(self, world: World) -> None: ...

    def inject(self, fault: Struck) -> None: ...


Profile = TypeVar("Profile", bound=RadioProfile)
Processor = TypeVar("Processor", bound=RadioProcessor[Any])


class RadioModel(Generic[Fault, Profile, Processor]):
    """What the radios have in common: implements the half of `Radio` that world files set.

    profile: complete once the radio is in a world, or first used without one.
    """

    FAULT: type[Fault]
    PROFILE: ClassVar[type[RadioProfile]]
    machine: Machine
    RELAXED_TLS: ClassVar[dict[str, object]]
    """What `radio: tls: relaxed` of a world file changes."""

    def _describe(self, attributes: Mapping[str, Any]) -> None:
        """Take the attributes that the board's description gives."""
        self._attributes = attributes
        self._build({})

    def _build(self, options: Mapping[str, Any]) -> None:
        """Make profile and processor anew, with options that go over the board's description."""
        attributes = {**self._attributes, **options}
        self.profile: Profile = self.PROFILE.from_attributes(attributes)  # type: ignore[assignment]
        self._processor: Processor | None = None

    def _make_processor(self) -> Processor:
        """A processor by the profile as it is now."""
        raise NotImplementedError

    @property
    def processor(self) -> Processor:
        """What is behind the link; made when it is first needed."""
        if self._processor is None:
            self._processor = self._make_processor()
        return self._processor

    @processor.setter
    def processor(self, processor: Processor | None) -> None:
        self._processor = processor

    def _provision(self, world: DescribedWorld) -> None:
        """Store what the world file gives the radio to keep."""
        raise NotImplementedError

    def provision(
        self, programmed: Sequence[tuple[int, bytes]], files: Mapping[str, bytes]
    ) -> None:
        """Put files in place as a programming image does. RenodeWifiError: it keeps none."""
        if files:
            raise RenodeWifiError(
                f"{self.PROFILE.RADIO} has no file system for {', '.join(files)}",
                cure="give this board a program only",
            )

    def connect_world(self, world: World) -> None:
        """Put the radio into a world, before it is first powered or reset."""
        self.take_over(world)
        self.processor.connect_world(world)

    def inject(self, fault: Fault) -> None:
        """Let a fault happen."""
        self.processor.inject(fault)

    def inject_fault(self, fault: WorldFault) -> None:
        """Let a fault of the language of faults happen. RenodeWifiError: it is another radio's."""
        self.inject(self.FAULT.of(fault, self.machine.clock.now))

    def inject_entry(self, entry: Mapping[str, object]) -> None:
        """Let a fault happen that is described as in a world file."""
        now = self.machine.clock.now
        self.inject(self.FAULT.from_entry(entry, now))

    def take_over(self, world: World) -> None:
        """Apply what the world file says of the radio.

        It takes precedence over the board's description: `options` are fields of the profile.
        """
        if not isinstance(world, DescribedWorld):
            return
        settings = world.settings.radio
        try:
            options = settings.for_model(self.RELAXED_TLS)
            if options:
                self._build(options)
            self._provision(world)
            world.faults.attach(self)
        except RenodeWifiError as error:
            # The world file is where it can be mended, not the script that builds the board.
            raise RenodeWifiError(
                error.message, where=error.where or settings.where or None, cure=error.cure
            ) from error

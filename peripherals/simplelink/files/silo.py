"""The file system silo put together, and what the rest of the processor asks of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from renode_wifi.peripherals.base.handlers import HasHandlers
from renode_wifi.peripherals.simplelink.files.catalogue import Catalogue
from renode_wifi.peripherals.simplelink.files.contents import Contents
from renode_wifi.peripherals.simplelink.files.control import FileControl
from renode_wifi.peripherals.simplelink.files.information import Information
from renode_wifi.peripherals.simplelink.files.opening import Opening
from renode_wifi.peripherals.simplelink.files.volume import OpenFile, Volume
from renode_wifi.peripherals.simplelink.power import PowerState
from renode_wifi.peripherals.simplelink.transaction import Services, Silo

PAGES = "www"


class FileSystem(Silo):
    """Files, and who may do what with them."""

    def __init__(
        self, services: Services, power: PowerState, restore_settings: Callable[[], None]
    ) -> None:
        self.volume = Volume(services, power)
        self._parts = (
            Opening(services, self.volume),
            Contents(services, self.volume),
            Information(services, self.volume),
            FileControl(services, self.volume, restore_settings),
        )

    @property
    def parts(self) -> tuple[HasHandlers, ...]:
        return self._parts

    @property
    def open(self) -> dict[int, OpenFile]:
        """What the host has open, by handle."""
        return self.volume.open

    def stopped(self) -> None:
        self.volume.power_lost()

    def content(self, name: str) -> bytes | None:
        """The valid image of a file; None where there is none."""
        return self.volume.content(name)

    def page(self, path: str) -> bytes | None:
        """The file that an HTTP server gives for a path; TI's tools put pages into `/www/`."""
        content = self.volume.content(f"/{PAGES}{path}")
        return self.volume.content(f"{PAGES}{path}") if content is None else content

    @property
    def catalogue(self) -> Catalogue | None:
        """Of certificates that are known; None: there is none."""
        return self.volume.catalogue

    def provision(self, name: str, content: bytes) -> None:
        """Put a file in place as a programming image does."""
        self.provision_late(name, partial(bytes, content))

    def provision_late(self, name: str, make: Callable[[], bytes]) -> None:
        """As `provision`; `make` gives the content when somebody asks for it."""
        self.volume.provision(name, make)

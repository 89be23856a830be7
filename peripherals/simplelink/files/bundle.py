"""Files that are updated together, and accepted or rejected together.

SWRU455, chapter "File System", section "Bundle Protection". That the bundle is kept when the host
stops the processor in order before it has decided is how Amazon FreeRTOS can work, whose WIFI_On
starts, stops and starts the processor before the new firmware commits.
"""

from __future__ import annotations

from enum import IntEnum

from renode_wifi.peripherals.simplelink.files.store import FileState, Store, StoredFile
from renode_wifi.peripherals.simplelink.opcodes import Error


class BundleState(IntEnum):
    """SlFsBundleState_e."""

    STOPPED = 0
    STARTED = 1
    """Its files are being written; reading gives their old content."""
    PENDING_COMMIT = 3
    """The host tries the new content."""


class Bundle:
    """The device's one bundle; it outlives power cycles."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.state = BundleState.STOPPED

    @property
    def members(self) -> list[tuple[str, StoredFile]]:
        """Files that are part of it, the open ones among them."""
        states = (FileState.BUNDLE_FILE, FileState.PENDING_BUNDLE_COMMIT)
        return [(name, file) for name, file in self.store.files.items() if file.state in states]

    def opened(self, file: StoredFile) -> None:
        """A file was opened for writing as part of it."""
        file.state = FileState.BUNDLE_FILE
        self.state = BundleState.STARTED

    def restarted(self, in_order: bool) -> None:
        """Power went and came. in_order: the host had asked the processor to stop."""
        members = self.members
        complete = bool(members) and all(file.pending for _, file in members)
        if self.state is BundleState.STARTED and in_order and complete:
            for name, file in members:
                file.activated()
                self.store.changed(name)
            self.state = BundleState.PENDING_COMMIT
        elif not in_order or self.state is BundleState.STARTED:
            self._roll_back()

    def commit(self) -> int:
        if self.state is not BundleState.PENDING_COMMIT:
            return Error.FS_BUNDLE_STATE
        for _, file in self.members:
            file.committed()
        self.state = BundleState.STOPPED
        return 0

    def roll_back(self) -> int:
        """TI's OTA library takes the error as: there was nothing to roll back (OtaLib.c)."""
        if self.state is BundleState.STOPPED:
            return Error.FS_BUNDLE_STATE
        self._roll_back()
        return 0

    def _roll_back(self) -> None:
        for name, file in self.members:
            file.rolled_back()
            self.store.changed(name)
        self.state = BundleState.STOPPED

    def stop(self) -> None:
        """It is given up with all files."""
        self.state = BundleState.STOPPED

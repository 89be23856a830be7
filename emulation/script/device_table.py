"""What the interpreter asks of devices."""

from __future__ import annotations

from typing import Protocol

from renode_wifi.emulation.script.tokens import Token


class DeviceTable(Protocol):
    """Names that scripts know beside the commands, and what they stand for."""

    def names(self) -> list[str]: ...

    def has(self, name: str) -> bool: ...

    def find(self, name: str) -> object:
        """The object of that name; None where there is none."""

    def members(self, name: str) -> list[tuple[str, str]]:
        """What may follow a device's name, each with a few words about it."""

    def member(self, name: str, device: object, member: str) -> object:
        """The value of a device's member, or its method. Raises RenodeWifiError."""

    def set_member(self, name: str, device: object, member: str, value: object) -> None: ...

    def explain(self, name: str, member: str | None) -> str:
        """What a device is, or one of its members."""

    def act(self, name: str, tokens: list[Token]) -> object:
        """Do what `tokens` ask of it; returns what is to be printed, None for nothing."""

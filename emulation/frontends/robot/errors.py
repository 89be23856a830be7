"""Failures of keywords. Their messages begin with the names that Renode's have."""

from __future__ import annotations

from renode_wifi.emulation.errors import RenodeWifiError


class KeywordException(RenodeWifiError):
    """A keyword that cannot do what it was asked for."""

    ROBOT_SUPPRESS_NAME = True

    def __init__(self, message: str, cure: str | None = None) -> None:
        super().__init__(f"{type(self).__name__}: {message}", cure=cure)


class InvalidOperationException(KeywordException):
    """What a tester waited for did not come, or something came that must not."""

"""The one family of errors that this package raises for its users."""

from __future__ import annotations


class RenodeWifiError(Exception):
    """Something the user can mend. where: file, line, column or the thing at fault; cure: how."""

    def __init__(self, message: str, *, where: str | None = None, cure: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.cure = cure

    def __str__(self) -> str:
        text = self.message if self.where is None else f"{self.where}: {self.message}"
        return text if self.cure is None else f"{text}\n  {self.cure}"

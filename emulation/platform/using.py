"""Where the files are that descriptions name with `using`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError

FindUsing = Callable[[str, Path | None], Path | None]
"""(path as written, file that says so) -> file, None where there is none."""


def find_using(path: str, including: Path | None, roots: Iterable[Path]) -> Path | None:
    """Renode's rule: `./` and `../` are relative to the including file, the rest to the roots."""
    if Path(path).is_absolute():
        return Path(path)
    if path.split("/")[0] in (".", ".."):
        base = including.parent if including is not None else current_folder()
        return base / path
    return next((root / path for root in roots if is_file(root / path)), None)


def current_folder() -> Path:
    """Raises RenodeWifiError where somebody has removed it."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise RenodeWifiError(
            "the current folder does not exist any more", cure="change to one that does"
        ) from None


def is_file(path: Path) -> bool:
    """False as well for what can be no file: a name too long, for instance."""
    try:
        return path.is_file()
    except OSError:
        return False

"""Regular expressions that users write."""

from __future__ import annotations

import re
from typing import AnyStr

from renode_wifi.emulation.errors import RenodeWifiError

CURE = "escape special characters with a backslash"


def compiled(pattern: AnyStr, flags: int = 0, *, option: str = "") -> re.Pattern[AnyStr]:
    """The expression. option: by which it was given, for the error. Raises RenodeWifiError."""
    if not isinstance(pattern, (str, bytes)):
        raise RenodeWifiError(f"{pattern!r} is not a regular expression", cure="give a text")
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise RenodeWifiError(
            f"{option} {pattern!r} is not a regular expression: {error}".lstrip(), cure=CURE
        ) from error

"""Monitor lines as they are typed."""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.emulation.frontends.monitor.completion import Candidate
from renode_wifi.emulation.script.tokens import TRIPLE

Complete = Callable[[str], tuple[str, list[Candidate]]]
"""The word at the end of a line, and what it may become."""
CONTINUATION = "... "
INTERRUPTED = "interrupted"
"""Printed for a line that Ctrl-C ended."""


def is_complete(text: str) -> bool:
    """False while a triple-quoted text is open: more lines are to come."""
    return text.count(TRIPLE) % 2 == 0

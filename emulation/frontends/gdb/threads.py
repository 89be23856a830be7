"""Threads as GDB sees them: the tasks of an RTOS, or the processor alone."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from renode_wifi.emulation.image.rtos.threads import Thread

PROCESSOR = 1
"""Id of the only thread while no RTOS runs."""


def thread_list(threads: list[Thread]) -> str:
    """threads.xml of `qXfer:threads:read`."""
    rows = ['<?xml version="1.0"?>', "<threads>"]
    for thread in threads:
        name = f" name={quoteattr(thread.name)}" if thread.name else ""
        rows.append(f'<thread id="{thread.id:x}"{name}>{_text(thread.state)}</thread>')
    rows.append("</threads>")
    return "\n".join(rows) + "\n"


def _text(state: str) -> str:
    return state.replace("&", "&amp;").replace("<", "&lt;")

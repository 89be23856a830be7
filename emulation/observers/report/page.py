"""The page: lanes, console, calls, faults, what servers saw; nothing is needed beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.observers.report.history import History
from renode_wifi.emulation.observers.report.lanes import draw
from renode_wifi.emulation.visible import as_html
from renode_wifi.peripherals.base.clock import SECOND

MAX_ROWS = 5000
"""Of each table, and of the console; the last ones."""
STYLE = """
body { font: 14px system-ui, sans-serif; margin: 0 1em 2em; color: #222; }
h1 { font-size: 1.3em; } h2 { font-size: 1.1em; margin-top: 1.5em; }
.scroll { max-height: 28em; overflow: auto; border: 1px solid #ddd;
    content-visibility: auto; contain-intrinsic-size: auto 28em; }
table { border-collapse: collapse; font: 12px ui-monospace, monospace; width: 100%; }
th { position: sticky; top: 0; background: #f3f3f3; text-align: left; }
td, th { padding: 1px 8px; white-space: nowrap; vertical-align: top; }
.crash { background: #fdd; padding: 6px; white-space: pre-wrap; }
nav a { margin-right: 1em; }
"""


def render(board: Session, history: History, title: str) -> str:
    """The page of a run that is over."""
    console = board.uart if board.default_uart is not None else None
    lines = [] if console is None else console.lines
    sections = (
        ("lanes", "Lanes", draw(history.tracks, board.engine.now)),
        (
            "console",
            "Console",
            _table(("s", "line"), [(_time(line.time), line.text) for line in lines]),
        ),
        ("calls", "Calls of the network API", _table(*_calls(history))),
        ("faults", "Faults", _table(("s", "fault"), [(_time(t), f) for t, f in history.faults])),
        (
            "servers",
            "What servers saw",
            _table(("s", "server", "event"), [(_time(t), s, e) for t, s, e in history.served]),
        ),
    )
    crash = board.crash_report()
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        f"<title>{as_html(title)}</title><style>{STYLE}</style>",
        f"<h1>{as_html(title)}</h1>",
        f"<p>{board.now:.6f} s of virtual time, engine {as_html(board.engine.name)}</p>",
        f"<div class=crash>{as_html(crash)}</div>" if crash else "",
        "<nav>",
        *(f"<a href='#section-{key}'>{name}</a>" for key, name, _ in sections),
        "</nav>",
        *(f"<h2 id=section-{key}>{name}</h2>{content}" for key, name, content in sections),
    ]
    return "\n".join(parts) + "</html>\n"


def _calls(history: History) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    head = ("s", "duration (s)", "task", "function", "arguments", "result")
    rows = [
        (
            _time(call.started),
            f"{(call.finished - call.started) / SECOND:.6f}",
            call.task,
            call.function,
            call.arguments,
            call.result,
        )
        for call in sorted(history.calls, key=lambda call: call.started)
    ]
    return head, rows


def _time(time: int) -> str:
    return f"{time / SECOND:.6f}"


def _table(head: Iterable[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return "<p>none</p>"
    left_out = len(rows) - MAX_ROWS
    note = f"<p>{left_out} earlier rows are left out.</p>" if left_out > 0 else ""
    cells = "\n".join(
        "<tr>" + "".join(f"<td>{as_html(cell)}</td>" for cell in row) + "</tr>"
        for row in rows[-MAX_ROWS:]
    )
    names = "".join(f"<th>{as_html(name)}</th>" for name in head)
    return f"{note}<div class=scroll><table><tr>{names}</tr>{cells}</table></div>"

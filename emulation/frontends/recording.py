"""Files about a run for other tools, begun by any front end and complete when the session ends."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.cli.output import DraftBytes, DraftFile
from renode_wifi.emulation.garbage import all_stays


def record_signals(session: Session, path: Path, selection: str = "") -> None:
    """Chosen signals as a VCD file. selection: see `observers.captures.signals`."""
    try:
        from renode_wifi.emulation.observers.captures.vcd import WaveCapture
    except ModuleNotFoundError as error:
        raise _missing(error) from None
    file = DraftFile(path)
    try:
        capture = WaveCapture(session, file, selection)
    except BaseException:
        file.drop()
        raise
    session.closing.append(partial(_finish, file, capture.close))


def record_perfetto(session: Session, path: Path, settings: str = "") -> None:
    """Tasks, handlers, calls, transactions and packets as a Perfetto trace."""
    try:
        from renode_wifi.emulation.observers.timeline.perfetto import PerfettoTrace
    except ModuleNotFoundError as error:
        raise _missing(error) from None
    from renode_wifi.emulation.observers.timeline.timeline import Timeline

    file = DraftFile(path)
    trace = PerfettoTrace(DraftBytes(file))
    timeline = Timeline(session, trace)
    session.closing.append(partial(_finish, file, timeline.finish, trace.close))


def _finish(file: DraftFile, *steps: Callable[[], None]) -> None:
    """A file that cannot be written to its end leaves what was there before."""
    try:
        with all_stays():
            for step in steps:
                step()
    except BaseException:
        file.drop()
        raise
    file.close()


def record_report(session: Session, path: Path, settings: str = "") -> None:
    """One page of HTML: lanes, console, calls, faults, servers."""
    try:
        from renode_wifi.emulation.observers.report.page import render
    except ModuleNotFoundError as error:
        raise _missing(error, "report") from None
    from renode_wifi.emulation.observers.report.history import History
    from renode_wifi.emulation.observers.timeline.timeline import Timeline

    file = DraftFile(path)
    history = History()
    timeline = Timeline(session, history)
    history.attach(session)

    def write() -> None:
        image = session.image
        title = " ".join(session.engine.machines) + ("" if image is None else f": {image.path}")
        file.write(render(session, history, title))

    session.closing.append(partial(_finish, file, timeline.finish, write))


KINDS: dict[str, Callable[[Session, Path, str], None]] = {
    "vcd": record_signals,
    "perfetto": record_perfetto,
    "report": record_report,
}


FILES = {"vcd": "signals.vcd", "perfetto": "run.perfetto-trace", "report": "report.html"}
"""What they are called where nobody names them."""


def record(session: Session, kind: str, path: Path, settings: str = "") -> None:
    """Begin a file of that kind. Raises RenodeWifiError."""
    if kind not in KINDS:
        raise RenodeWifiError(f"nothing records {kind!r}", cure=f"kinds: {', '.join(KINDS)}")
    KINDS[kind](session, path, settings)


def offer_recordings(session: Session) -> None:
    """Let the monitor's command `wifi_record` begin files about this session."""
    from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine

    if isinstance(session.engine, EmbeddedEngine):
        session.engine.script.requests.record = lambda kind, path, settings: record(
            session, kind, path, settings
        )


def _missing(error: ModuleNotFoundError, extra: str = "captures") -> RenodeWifiError:
    return RenodeWifiError(
        f"this file needs the package {error.name}", cure=f"pip install 'renode-wifi[{extra}]'"
    )

"""What `renode-wifi run` shows and keeps of a run besides the console."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.board.console import UartLine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.cli.output import DraftBytes, DraftFile, ReportFile
from renode_wifi.emulation.frontends.recording import record
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.observers.tracefile import TraceFile
from renode_wifi.emulation.observers.trouble import Trouble
from renode_wifi.emulation.visible import visible

if TYPE_CHECKING:
    from renode_wifi.emulation.observers.calls.recorder import CallRecorder
    from renode_wifi.emulation.observers.calls.render import LiveCalls
    from renode_wifi.emulation.observers.captures.packets import PacketCapture
    from renode_wifi.emulation.observers.contract.monitor import ContractMonitor

SOCKETS = "sockets"


def add_observer_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--trace",
        action="append",
        default=[],
        metavar="sockets|FILE",
        help="sockets: show the calls of the firmware's network API; FILE: as --trace-file",
    )
    command.add_argument(
        "--trace-file", type=Path, metavar="FILE", help="all transactions as JSON lines"
    )
    command.add_argument(
        "--pcap",
        type=Path,
        metavar="FILE",
        help="the network's traffic as pcapng, with the keys that decrypt its TLS",
    )
    command.add_argument(
        "--vcd",
        type=Path,
        metavar="FILE",
        help="the signals of --signals, for logic analysers' programs",
    )
    command.add_argument(
        "--signals",
        default="",
        metavar="NAME,…",
        help="of --vcd: usart1, spi3+nss=gpioPortE.0, led1=gpioPortA.5, … (docs/seeing.md;"
        " default: those that are usual on the board)",
    )
    command.add_argument(
        "--perfetto",
        type=Path,
        metavar="FILE",
        help="tasks, handlers, calls, radio and packets on one axis of time, for ui.perfetto.dev",
    )
    command.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="a page of HTML: lanes of tasks, calls, radio and packets, console, faults, servers",
    )
    command.add_argument(
        "--symbols",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="symbols of a stripped image: an ELF file, or what `nm` prints",
    )
    command.add_argument(
        "--contract",
        action="store_true",
        help="find what the firmware relies on that the board's port of Secure Sockets does not"
        " promise",
    )
    command.add_argument(
        "--contract-report",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="--contract, and its findings in a file: .sarif, .xml (JUnit) or .jsonl",
    )
    command.add_argument(
        "--contract-rule",
        action="append",
        default=[],
        metavar="RULE",
        help="--contract with a rule that slows the run, such as unaligned-access",
    )
    command.add_argument(
        "--silence",
        action="append",
        default=[],
        metavar="RULE=REASON",
        help="a finding of this rule of --contract is known",
    )


NOT_ENDED = "the run has not come to its end"


class Observers:
    """Those that the options ask for. Their files are opened before the run."""

    def __init__(self, options: argparse.Namespace) -> None:
        if options.signals and options.vcd is None:
            raise RenodeWifiError("--signals alone writes nothing", cure="give --vcd FILE as well")
        self._options = options
        self._files = ExitStack()
        self._traces: list[TextIO] = []
        self._packets: PacketCapture | None = None
        self._live: LiveCalls | None = None
        self._recorder: CallRecorder | None = None
        self._reports: list[ReportFile] = []
        self._contract: ContractMonitor | None = None

    def __enter__(self) -> Self:
        with ExitStack() as files:
            names = [Path(name) for name in self._options.trace if name != SOCKETS]
            if self._options.trace_file is not None:
                names.append(self._options.trace_file)
            self._traces = [files.enter_context(DraftFile(name)) for name in names]
            if self._options.pcap is not None:
                from renode_wifi.emulation.observers.captures.packets import PacketCapture

                draft = files.enter_context(DraftFile(self._options.pcap))
                self._packets = files.enter_context(PacketCapture(DraftBytes(draft)))
            if self.watches_contract:
                from renode_wifi.emulation.observers.contract.report import check_name, render

                for path in self._options.contract_report:
                    check_name(path)
                    draft_report = ReportFile(path, render(path, None, (), NOT_ENDED))
                    self._reports.append(files.enter_context(draft_report))
            self._files = files.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end(None if error is None else str(error) or type(error).__name__)
        self._files.__exit__(kind, error, traceback)

    def end(self, unfinished: str | None = None) -> bool:
        """The run is over. False: it broke the port contract.

        unfinished: why it did not come to its end.
        """
        if self._live is not None:
            self._live.flush()
        if self._recorder is not None:
            self._recorder.end()
        contract, self._contract = self._contract, None
        if contract is None:
            return True
        self._report_contract(contract, unfinished)
        return not contract.failing

    @property
    def follows_calls(self) -> bool:
        return SOCKETS in self._options.trace

    @property
    def watches_contract(self) -> bool:
        options = self._options
        return bool(options.contract or options.contract_report or options.contract_rule)

    def with_symbols(self, image: Image) -> Image:
        """The image with the symbols of `--symbols`."""
        if not self._options.symbols:
            return image
        from renode_wifi.emulation.observers.calls.attach import with_symbols

        return with_symbols(image, self._options.symbols)

    def attach(self, board: Board) -> None:
        """Begin to observe."""
        Trouble(board, lambda text: _say(f"renode-wifi: {text}"))
        for stream in self._traces:
            TraceFile(board, stream)
        if self._packets is not None:
            self._packets.attach(board)
        if self._options.vcd is not None:
            record(board, "vcd", self._options.vcd, self._options.signals)
        if self._options.perfetto is not None:
            record(board, "perfetto", self._options.perfetto)
        if self._options.report is not None:
            record(board, "report", self._options.report)
        if self.follows_calls:
            from renode_wifi.emulation.observers.calls.attach import record_calls
            from renode_wifi.emulation.observers.calls.render import LiveCalls
            from renode_wifi.emulation.observers.notes import notes_of

            self._recorder = record_calls(board, live=False)
            self._live = LiveCalls(self._recorder, _say, notes_of(board))
            board.uart.listeners.append(self._on_line)
        if self.watches_contract:
            from renode_wifi.emulation.observers.contract.monitor import ContractMonitor, silences

            silenced = silences(self._options.silence, "--silence")
            self._contract = ContractMonitor(
                board, silenced, self._recorder, self._options.contract_rule
            )

    def _report_contract(self, contract: ContractMonitor, unfinished: str | None) -> None:
        from renode_wifi.emulation.observers.contract.report import as_text, render, summary

        contract.end()
        for finding in contract.findings:
            _say(as_text(finding))
        _say(f"renode-wifi: {summary(contract.findings)}")
        for report in self._reports:
            report.write(render(report.path, contract.port, contract.findings, unfinished))

    def _on_line(self, line: UartLine) -> None:
        if self._live is not None:
            self._live.flush()


def _say(text: str) -> None:
    print(visible(text), file=sys.stderr)

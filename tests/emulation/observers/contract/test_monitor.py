"""What the monitor counts, silences, reports and leaves alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePath
from xml.etree import ElementTree

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.cli import main
from renode_wifi.emulation.frontends.monitor.session import MonitorSession
from renode_wifi.emulation.frontends.robot.library import RenodeWifi
from renode_wifi.emulation.image.unwind import UnwindTables
from renode_wifi.emulation.observers.contract.monitor import ContractMonitor, silences
from renode_wifi.emulation.observers.contract.report import as_text, check_name, render, summary
from renode_wifi.emulation.observers.contract.rule import Finding

ROOT = Path(__file__).parents[4]
BOARD = "b_l475e_iot01a"
GUEST = ROOT / f"firmware/contract/{BOARD}.elf"
SHELL = ROOT / f"firmware/shell/{BOARD}.elf"
MISUSE = "send-after-failure"
KNOWN = {MISUSE: "the server is ours"}


@pytest.fixture(scope="module")
def watched() -> Iterator[ContractMonitor]:
    with Board(BOARD, GUEST) as board:
        monitor = ContractMonitor(board)
        run(board)
        monitor.end()
        yield monitor


def run(board: Board, application: str = MISUSE) -> None:
    board.wait_for_line("which one")
    board.write(f"{application}\n")
    board.wait_for_line("done")


def only(monitor: ContractMonitor) -> Finding:
    (finding,) = monitor.findings
    return finding


def test_the_same_call_that_breaks_the_same_rule_again_is_counted(
    watched: ContractMonitor,
) -> None:
    finding = only(watched)
    assert finding.count == 2
    assert finding.call.startswith("SOCKETS_Send(xSocket=0")
    assert "send_after_failure" in finding.places[1]
    assert ", 2 times" in as_text(finding)
    assert summary(watched.findings) == "port contract: 1 error"
    assert not [place for place in finding.places if place.startswith("perhaps")]


def test_call_sites_that_no_unwind_table_confirms_are_marked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(UnwindTables, "caller", lambda *arguments: None)
    with Board(BOARD, GUEST) as board:
        monitor = ContractMonitor(board)
        run(board)
        monitor.end()
        place, *others = only(monitor).places
    assert place.startswith("0x")
    assert others
    assert all(other.startswith("perhaps 0x") for other in others)


def test_a_silenced_rule_is_reported_with_its_reason_and_fails_nothing() -> None:
    with Board(BOARD, GUEST) as board:
        monitor = ContractMonitor(board, KNOWN)
        run(board)
    assert monitor.failing == []
    assert as_text(only(monitor)).endswith("silenced: the server is ours")
    assert summary(monitor.findings) == "port contract: 1 silenced"
    sarif = json.loads(render(PurePath("x.sarif"), monitor.port, monitor.findings))
    (result,) = sarif["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "external", "justification": "the server is ours"}]
    junit = ElementTree.fromstring(render(PurePath("x.xml"), monitor.port, monitor.findings))
    assert junit.find(".//failure") is None
    assert junit.find(f".//testcase[@name='{MISUSE}']/system-out") is not None


def test_a_note_fails_nothing() -> None:
    with Board(BOARD, GUEST) as board:
        monitor = ContractMonitor(board)
        run(board, "timeout-undocumented")
    assert only(monitor).rule.level == "note"
    assert monitor.failing == []


@pytest.mark.parametrize(
    ("silenced", "message"),
    [({"no-such": "x"}, "there is no rule 'no-such'"), ({MISUSE: " "}, "without a reason")],
)
def test_silencing_needs_a_rule_and_a_reason(silenced: dict[str, str], message: str) -> None:
    with Board(BOARD, GUEST) as board, pytest.raises(RenodeWifiError, match=message):
        ContractMonitor(board, silenced)
    with pytest.raises(RenodeWifiError, match="gives no reason"):
        silences([MISUSE], "--silence")


def test_images_without_these_calls_are_refused() -> None:
    with Board(BOARD, SHELL) as board, pytest.raises(RenodeWifiError, match="no such function"):
        ContractMonitor(board)


def test_watching_changes_neither_time_nor_instructions() -> None:
    seen = []
    for observed in (False, True):
        with Board(BOARD, GUEST) as board:
            if observed:
                ContractMonitor(board)
            run(board)
            seen.append((board.engine.now, board.engine.instructions))
    assert seen[0] == seen[1]


def test_sarif_names_rule_place_and_callers(watched: ContractMonitor) -> None:
    log = json.loads(render(PurePath("x.sarif"), watched.port, watched.findings))
    assert log["version"] == "2.1.0"
    (sarif_run,) = log["runs"]
    (result,) = sarif_run["results"]
    assert result["ruleId"] in {rule["id"] for rule in sarif_run["tool"]["driver"]["rules"]}
    assert result["level"] == "error"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("contract.c")
    assert place["region"]["startLine"] > 1
    assert len(result["stacks"][0]["frames"]) >= 2
    assert "suppressions" not in result


def test_junit_has_a_test_for_each_rule_of_the_port(watched: ContractMonitor) -> None:
    suite = ElementTree.fromstring(render(PurePath("x.xml"), watched.port, watched.findings))[0]
    names = [case.get("name") for case in suite]
    assert MISUSE in names
    assert "receive-timeout-step" not in names  # The other board's.
    assert [case.get("name") for case in suite if case.find("failure") is not None] == [MISUSE]


def test_json_lines_have_all_of_a_finding(watched: ContractMonitor) -> None:
    (line,) = render(PurePath("x.jsonl"), watched.port, watched.findings).splitlines()
    record = json.loads(line)
    assert (record["rule"], record["count"], record["task"]) == (MISUSE, 2, "app")
    assert record["sentence"]
    assert record["source"]


def test_a_report_of_another_kind_is_refused() -> None:
    with pytest.raises(RenodeWifiError, match="what kind of report"):
        check_name(PurePath("findings.txt"))


def test_run_fails_with_a_code_of_its_own_and_writes_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    report, outcome = tmp_path / "found.jsonl", tmp_path / "run.json"
    script = tmp_path / "typed.txt"
    script.write_text(f"{MISUSE}\n")
    words = ["run", "--board", BOARD, "--image", str(GUEST), "--time", "0.1"]
    # Nobody types: the application is none of those, and nothing is found.
    assert main([*words, "--contract", "--contract-report", str(report)]) == 0
    assert report.read_text() == ""
    assert "port contract: nothing found" in capsys.readouterr().err
    monkeypatch.setattr(ContractMonitor, "failing", property(lambda monitor: [monitor]))
    assert main([*words, "--contract", "--json", str(outcome)]) == 6
    assert json.loads(outcome.read_text())["exit_code"] == 6


def test_the_monitors_command_watches_and_reports() -> None:
    printed: list[str] = []
    session = MonitorSession(printed.append)
    for line in (
        f"include @{ROOT}/platforms/{BOARD}.resc",
        f"$bin=@{GUEST}",
        "runMacro $reset",
        "start",
        f'wifi_contract "{MISUSE}=ours"',
        "run 0.01",
        *(
            line
            for character in f"{MISUSE}\n"
            for line in (f"sysbus.usart1 WriteChar {ord(character)}", "run 0.001")
        ),
        "wifi_contract",
    ):
        session.carry_out(line)
    session.close()
    assert f"contract: {MISUSE} (error)" in printed[-1]
    assert printed[-1].endswith("port contract: 1 silenced")


def test_robot_keywords_fail_with_what_was_found() -> None:
    keywords = RenodeWifi("embedded")
    keywords.create_board(BOARD, str(GUEST))
    with pytest.raises(RenodeWifiError, match="nobody watches"):
        keywords.port_contract_should_hold()
    for silenced in ("", f"{MISUSE}=known"):
        keywords.create_board(BOARD, str(GUEST))
        keywords.watch_port_contract(silenced)
        keywords.wait_for_line_on_uart("which one")
        keywords.write_line_to_uart(MISUSE, waitForEcho=False)
        keywords.wait_for_line_on_uart("done")
        if silenced:
            keywords.port_contract_should_hold()
        else:
            with pytest.raises(AssertionError, match="send-after-failure"):
                keywords.port_contract_should_hold()
    keywords.end_test(None, None)


@pytest.mark.parametrize("suffix", [".sarif", ".xml", ".jsonl"])
def test_a_run_without_its_end_is_an_error_in_its_report(tmp_path: Path, suffix: str) -> None:
    report = tmp_path / f"found{suffix}"
    words = ["run", "--board", BOARD, "--image", str(GUEST), "--contract-report", str(report)]
    texts = [render(report, None, (), "not begun")]
    assert main([*words, "--time", "0.1", "--until", "never"]) == 1
    texts.append(report.read_text())
    for text, reason in zip(texts, ("not begun", "--until was not seen"), strict=True):
        assert reason in text
        if suffix == ".xml":
            suite = ElementTree.fromstring(text)[0]
            assert suite.get("errors") == "1"
            assert suite.find("testcase/error") is not None
        elif suffix == ".sarif":
            (invocation,) = json.loads(text)["runs"][0]["invocations"]
            assert invocation["executionSuccessful"] is False


def test_any_parser_reads_a_report_about_hostile_text(watched: ContractMonitor) -> None:
    hostile = replace(only(watched), call="SOCKETS_Send(\x00\x1b[31m\ud800\ufffe<]]>)")
    for suffix in (".sarif", ".xml", ".jsonl"):
        text = render(PurePath(f"found{suffix}"), watched.port, [hostile]).encode()
        if suffix == ".xml":
            assert "x1b" in "".join(ElementTree.fromstring(text).itertext())
        else:
            json.loads(text)


def test_a_time_out_that_the_port_does_not_take_is_not_found() -> None:
    with Board(BOARD, ROOT / f"firmware/sockets/{BOARD}.elf") as board:
        monitor = ContractMonitor(board)
        board.wait_for_line("ready")
        found = []
        for call in ("option 3 0 2000", "socket", "option 0 0 2000"):
            board.write(f"{call}\n")
            board.wait_for_line(r"^= -?\d+")
            found.append([finding.rule.id for finding in monitor.findings])
    assert found == [[], [], ["timeout-undocumented"]]

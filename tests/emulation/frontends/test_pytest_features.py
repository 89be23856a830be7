"""The pytest plugin: firmware tests, kept moments, artefacts, logs; in a pytest of its own."""

from __future__ import annotations

import gc
import inspect
from pathlib import Path

import pytest

from renode_wifi.emulation.frontends.testing import interrupt

# A pytest within pytest must not load again what can be loaded only once: OpenSSL's bindings.
from renode_wifi.peripherals.network.tls import certificates
from tests.emulation.frontends.test_pytest_plugin import IMAGE, UNITY, run

assert certificates
pytest_plugins = ["pytester"]

CONTRACT = UNITY.parent / "contract"
BOARD = ("--board", "b_l475e_iot01a", "--image", str(IMAGE))
SUITE = ("--board", "b_l475e_iot01a", "--image", str(UNITY / "b_l475e_iot01a-finishes.elf"))


def test_firmware_tests_of_a_dut_are_reported(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_suite(dut):
            dut.expect_unity_test_output(timeout=120)
            assert dut.unity_results
        """
    )
    result = run(pytester, *SUITE, "-rA", "--junitxml=junit.xml")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*firmware tests failed:*"])
    junit = Path("junit.xml").read_text()
    assert junit.count("<testcase") == 1 + junit.count('name="test_suite[')
    assert junit.count('name="test_suite[') > 2


def test_a_moment_is_kept_from_test_to_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        calls = []
        def boot(board):
            calls.append(board)
            board.wait_for_prompt("> ")
        @pytest.mark.parametrize("number", range(3))
        def test_goes_on(board_at, number):
            board = board_at("prompt", boot)
            assert len(calls) == 1
            assert board.uart.pending == "> "
            board.write("hi\\r")
            assert "unknown command" in board.wait_for_line("error").text
        @pytest.mark.board(seed=5)
        def test_other_settings_are_another_moment(board_at):
            board_at("prompt", boot)
            assert len(calls) == 2
        """
    )
    run(pytester, *BOARD).assert_outcomes(passed=4)


def test_artifacts_are_kept_of_failed_tests_only(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_good(board):
            board.wait_for_line("shell:")
        def test_bad(board):
            board.wait_for_prompt("> ")
            board.write("start\\r")
            board.wait_for_line("ok")
            board.wait_for_line("never", timeout=1)
        """
    )
    result = run(pytester, *BOARD, "--artifacts", "kept")
    result.assert_outcomes(passed=1, failed=1)
    (folder,) = Path("kept").iterdir()
    assert "test_bad" in folder.name
    assert "shell: b_l475e_iot01a" in (folder / "usart1.log").read_text()
    assert '"event"' in (folder / "trace.jsonl").read_text()
    report = (folder / "report.txt").read_text()
    assert "no line matches 'never'" in report
    assert "The firmware is at" in report
    result.stdout.fnmatch_lines(["*kept*test_bad*"])


def test_artifacts_need_a_folder(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(board): pass")
    Path("kept").write_text("a file")
    result = run(pytester, *BOARD, "--artifacts", "kept")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*give --artifacts a folder*"])


def test_the_log_of_models_is_shown_at_its_level(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_it(board):
            board.write("x")  # The firmware has not enabled the port's clock yet.
            assert False
        """
    )
    result = run(pytester, *BOARD, "--log-level=WARNING")
    result.stdout.fnmatch_lines(["*a byte arrives while it has no clock*"])
    assert "reception is disabled" not in run(pytester, *BOARD, "--log-level=ERROR").stdout.str()


def test_the_fixture_world_is_that_of_a_restored_snapshot(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_it(board, world):
            kept = board.snapshot()
            board.restore(kept)
            world.server("echo").stop()
            assert not board.world.server("echo").running
        """
    )
    run(pytester, *BOARD).assert_outcomes(passed=1)


def test_the_port_contract_fails_a_test_at_its_end(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_it(board):
            board.wait_for_line("which one")
            board.write("send-after-failure\\n")
            board.wait_for_line("done")
        """
    )
    image = str(CONTRACT / "b_l475e_iot01a.elf")
    options = ("--board", "b_l475e_iot01a", "--image", image, "--contract")
    result = run(pytester, *options)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*contract: send-after-failure (error)*"])
    run(pytester, *options, "--silence", "send-after-failure=known").assert_outcomes(passed=1)


def test_ctrl_c_reads_no_source_and_looks_at_no_object(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> object:
        raise AssertionError

    with pytest.raises(KeyboardInterrupt) as caught:
        raise KeyboardInterrupt
    monkeypatch.setattr(inspect, "findsource", fail)
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(True))
    frozen: list[bool] = []
    interrupt.pytest_keyboard_interrupt(caught)
    shown = caught.getrepr(funcargs=True)
    assert shown.reprcrash is not None
    assert Path(shown.reprcrash.path) == Path(__file__)
    assert frozen == [True]

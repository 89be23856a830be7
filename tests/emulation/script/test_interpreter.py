"""Lines, scripts, variables, macros, aliases."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.engines.embedded.engine import new_script
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.tokens import join_lines
from tests.emulation.guest import CHIP, monitor_with


@pytest.fixture
def monitor() -> Interpreter:
    return new_script()


def script(tmp_path: Path, text: str, name: str = "board.resc") -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_commands_of_a_line_run_in_order(monitor: Interpreter) -> None:
    assert monitor.execute('echo "one"; echo "two" # three') == "one\ntwo"


def test_empty_lines_and_comments_do_nothing(monitor: Interpreter) -> None:
    assert monitor.execute("\n# nothing\n:name: nothing\n") == ""


def test_variables(monitor: Interpreter) -> None:
    assert monitor.execute('$a="x"; echo $a') == "x"
    assert monitor.execute("$a?=5; echo $a; $b?=5; echo $b") == "x\n5"


def test_variable_of_a_machine_is_its_own(monitor: Interpreter) -> None:
    monitor.execute('$a="global"; mach create "one"; $a="one"; mach create "two"')
    assert monitor.execute('echo $a; mach set "one"; echo $a; echo $global.a') == (
        "global\none\nglobal"
    )


def test_variable_assigned_to_a_variable_takes_its_value(monitor: Interpreter) -> None:
    assert monitor.execute("$a=1; $b=$a; $a=2; echo $b") == "1"


def test_unset_variable_names_the_nearest(monitor: Interpreter) -> None:
    monitor.execute("$world=1")
    with pytest.raises(RenodeWifiError, match=r"No such variable: \$wolrd") as caught:
        monitor.execute("echo $wolrd")
    assert caught.value.cure == "did you mean $world?"
    with pytest.raises(RenodeWifiError) as caught:
        monitor.execute("echo $entirely.else")
    assert caught.value.cure == "set it first: $entirely.else=…"


def test_output_of_a_command_as_an_argument(monitor: Interpreter) -> None:
    assert monitor.execute("$a=`version`; echo $a").startswith("renode-wifi ")


def test_macro_over_several_lines(monitor: Interpreter) -> None:
    monitor.execute('macro greet\n"""\n    echo "a"\n    echo "b"\n"""')
    assert monitor.execute("runMacro $greet") == "a\nb"


def test_macro_in_one_line(monitor: Interpreter) -> None:
    assert monitor.execute('macro x "echo 1"; runMacro $x') == "1"


def test_unknown_macro_lists_those_there_are(monitor: Interpreter) -> None:
    monitor.execute('macro reset "echo 1"')
    with pytest.raises(RenodeWifiError) as caught:
        monitor.execute("runMacro $rest")
    assert caught.value.cure == "macros are: $reset"


def test_alias_takes_arguments(monitor: Interpreter) -> None:
    assert monitor.execute('alias say "echo"; say "x"') == "x"


def test_endless_alias_is_reported(monitor: Interpreter) -> None:
    with pytest.raises(RenodeWifiError, match="without end"):
        monitor.execute('alias a "a"; a')


def test_script_knows_where_it_is(tmp_path: Path, monitor: Interpreter) -> None:
    script(tmp_path, "echo $ORIGIN", "deep er/inner.resc")
    outer = script(tmp_path, "echo $ORIGIN\ninclude $ORIGIN/deep\\ er/inner.resc\necho $ORIGIN")
    assert monitor.execute_script(outer).split("\n") == [
        str(tmp_path),
        str(tmp_path / "deep er"),
        str(tmp_path),
    ]


def test_path_behind_origin_can_be_assigned(tmp_path: Path, monitor: Interpreter) -> None:
    path = script(tmp_path, "$w?=$ORIGIN/worlds/home.yaml\necho $w")
    assert monitor.execute_script(path) == str(tmp_path / "worlds/home.yaml")


def test_existing_paths_become_absolute(
    tmp_path: Path, monitor: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    script(tmp_path, "echo 1", "a.resc")
    assert monitor.execute("echo @a.resc") == str(tmp_path / "a.resc")
    assert monitor.execute("echo @none.resc") == "none.resc"


def test_error_in_a_script_has_file_and_line(tmp_path: Path, monitor: Interpreter) -> None:
    path = script(tmp_path, '\nmacro m\n"""\necho 1\nnope\n"""\n\nrunMacro $m\n')
    with pytest.raises(RenodeWifiError) as caught:
        monitor.execute_script(path)
    assert caught.value.where == "macro m, line 2"
    path = script(tmp_path, 'macro m\n"""\necho 1\n"""\n\nnope\n')
    with pytest.raises(RenodeWifiError) as caught:
        monitor.execute_script(path)
    assert caught.value.where == f"{path}:6"


def test_error_in_an_included_script_has_its_place(tmp_path: Path, monitor: Interpreter) -> None:
    inner = script(tmp_path, "mach create\nmach set 7\n", "inner.resc")
    outer = script(tmp_path, f"i @{inner}\n")
    with pytest.raises(RenodeWifiError) as caught:
        monitor.execute_script(outer)
    assert str(caught.value) == (f"{inner}:2: Machine 7 not found.\n  machines are: machine-0")


def test_origin_is_as_before_after_an_error(tmp_path: Path, monitor: Interpreter) -> None:
    monitor.execute_script(script(tmp_path, "echo 1", "ok.resc"))
    with pytest.raises(RenodeWifiError):
        monitor.execute_script(script(tmp_path, "nope", "sub/bad.resc"))
    assert monitor.execute("echo $ORIGIN") == str(tmp_path)


def test_script_that_is_not_there(monitor: Interpreter) -> None:
    with pytest.raises(RenodeWifiError, match=r"Could not find file 'no\.resc'"):
        monitor.execute_script("no.resc")


def test_path_that_can_be_no_file_stays_as_it_is(monitor: Interpreter) -> None:
    assert monitor.execute("echo @" + "a" * 5000) == "a" * 5000
    assert monitor.execute("echo @~nobody-at-all/x") == "~nobody-at-all/x"


def test_script_that_is_no_text(tmp_path: Path, monitor: Interpreter) -> None:
    path = tmp_path / "binary.resc"
    path.write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(RenodeWifiError, match="cannot read"):
        monitor.execute_script(path)


def test_quit_ends_a_script(tmp_path: Path, monitor: Interpreter) -> None:
    assert monitor.execute_script(script(tmp_path, "echo 1\nquit\necho 2")) == "1"
    assert monitor.requests.quit


@pytest.mark.parametrize(
    ("line", "message", "cure"),
    [
        ("mahc create", "No such command or device: mahc", "did you mean mach"),
        ("zzzzz", "No such command or device: zzzzz", "`help` lists the commands"),
        ("sysbus", "No such command or device: sysbus", "create a machine first: mach create"),
        (
            "wifi_world @x",
            "No such command or device: wifi_world",
            "include platforms/renode_models.py",
        ),
        ('"text"', 'No such command or device: "text"', "`help` lists"),
        ("runMacro reset", "Bad parameters for command runMacro", "usage: runMacro $name"),
    ],
)
def test_unknown_commands(monitor: Interpreter, line: str, message: str, cure: str) -> None:
    with pytest.raises(RenodeWifiError) as caught:
        monitor.execute(line)
    assert caught.value.message == message
    assert cure in (caught.value.cure or "")


def test_short_name_without_using() -> None:
    monitor = monitor_with(CHIP)
    monitor.execute("using -")
    with pytest.raises(RenodeWifiError) as caught:
        monitor.execute("cpu PC")
    assert caught.value.cure == "write sysbus.cpu, or `using sysbus` before"


def test_lines_keep_their_numbers() -> None:
    assert list(join_lines('a\nmacro b\n"""\nc\n"""\nd')) == [
        (1, "a"),
        (2, 'macro b """\nc\n"""'),
        (6, "d"),
    ]


@pytest.mark.parametrize(
    ("mode", "number"),
    [("Hexadecimal", "0x000000FF"), ("Decimal", "255"), ("Both", "0x000000FF (255)")],
)
def test_numbers_are_printed_as_asked(monitor: Interpreter, mode: str, number: str) -> None:
    monitor.execute(f"numbersMode {mode}")
    assert monitor.format(255) == number


def test_other_values_as_printed(monitor: Interpreter) -> None:
    values = [True, None, "x", 1.5, -1, b"\x01\xff", [1, "a"], Path("/p")]
    assert [monitor.format(value) for value in values] == [
        "True",
        "None",
        "x",
        "1.5",
        "-1",
        "[\n0x01, 0xFF, \n]",
        "[\n0x00000001, a, \n]",
        "/p",
    ]


WORDS = st.sampled_from(
    ["mach", "create", "set", "clear", "sysbus", "cpu", "PC", "ram", "ReadByte", "WriteDoubleWord"]
    + ["0", "0x20000000", "-1", "99999999999", "1.5", '"a"', "'b'", "@x", "$a", "$a=1", "$b?=2"]
    + [
        "[",
        "]",
        ",",
        "<1 2>",
        "true",
        "null",
        ";",
        "`echo 1`",
        "macro",
        "runMacro",
        "alias",
        "echo",
    ]
    + [
        "help",
        "using",
        "-",
        "emulation",
        "RunFor",
        "Reset",
        "Name",
        "flash",
        "nvic",
        "Pend",
        "#",
        ":",
    ]
    + [
        "machine",
        "LoadPlatformDescriptionFromString",
        '"""',
        "\n",
        "peripherals",
        "path",
        "log",
        "if",
    ]
)


@given(st.lists(WORDS, max_size=8).map(" ".join))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_line_works_or_is_refused_politely(chip: Interpreter, line: str) -> None:
    assert isinstance(output_or_error(chip, line), (str, RenodeWifiError))


@pytest.fixture(scope="module")
def chip() -> Interpreter:
    return monitor_with(CHIP)


def output_or_error(monitor: Interpreter, line: str) -> str | RenodeWifiError:
    try:
        return monitor.execute(line)
    except RenodeWifiError as error:
        return error

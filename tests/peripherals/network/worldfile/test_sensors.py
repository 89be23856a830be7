"""What a world file says of sensors and voltages."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.inputs.waveforms import Constant, Samples
from tests.peripherals.network.worldfile.rig import MINIMAL, mistake, read

CSV = "time,hPa,degrees\n0,1000,20\n10,900,25\n20,950,30\n"


def values(folder: Path, text: str) -> list[float]:
    """Of one quantity at 0, 5 and 10 s."""
    world = read(folder, f"{MINIMAL}sensors: {{lps22hb: {{pressure: {text}}}}}\n")
    waveform = world.sensors[0].waveform
    assert not isinstance(waveform, tuple)
    return [waveform.at(second * SECOND, "1") for second in (0, 5, 10)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1000", [1000, 1000, 1000]),
        ("{value: 5.5}", [5.5, 5.5, 5.5]),
        ("{sine: {mean: 1, amplitude: 2, period: 20 s}}", [1, 3, 1]),
        ("{square: {low: 1, high: 2, period: 10 s, duty: 0.3}}", [2, 1, 2]),
        ("{ramp: {first: 0, last: 10, duration: 5 s, start: 2500 ms}}", [0, 5, 10]),
        ("{csv: {file: a.csv}}", [1000, 950, 900]),
        ("{csv: {file: a.csv, column: degrees, straight: false}}", [20, 20, 25]),
        ("{csv: {file: a.csv, column: 3, repeat: true}}", [20, 22.5, 25]),
    ],
)
def test_a_value_may_change_with_time(tmp_path: Path, text: str, expected: list[float]) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    assert values(tmp_path, text) == pytest.approx(expected)


def test_noise_follows_from_the_seed(tmp_path: Path) -> None:
    noisy = values(tmp_path, "{value: 1000, noise: 2}")
    assert len(set(noisy)) == 3
    assert all(980 < value < 1020 for value in noisy)
    assert noisy == values(tmp_path, "{value: 1000, noise: 2}")


def test_three_axes_and_pins(tmp_path: Path) -> None:
    world = read(
        tmp_path,
        MINIMAL + "sensors: {lsm6dsl: {acceleration: [0, 0.5, 1]}}\nanalog: {PC5: 1.25}\n",
    )
    assert world.sensors[0].waveform == (Constant(0.0), Constant(0.5), Constant(1.0))
    assert (world.analog[0].pin, world.analog[0].waveform) == ("PC5", Constant(1.25))


@pytest.mark.parametrize(
    ("text", "place", "message", "cure"),
    [
        ("sensors: {a: {temprature: 1}}", "3:14", "`temprature` is not right", "`temperature`?"),
        ("sensors: {a: {humidity: 120}}", "3:24", "120 % r.h. is not right", "0 to 100"),
        ("sensors: {a: {humidity: wet}}", "3:25", "the text `wet`", "a number"),
        ("sensors: {a: {humidity: [1, 2, 3]}}", "3:25", "not right", "one value"),
        ("sensors: {a: {acceleration: 1}}", "3:29", "not right", "x, y, z"),
        ("sensors: {a: {acceleration: [1, 2]}}", "3:29", "not right", "three values"),
        ("sensors: {a: {humidity: {sin: 1}}}", "3:26", "unknown key `sin`", "`sine`"),
        ("sensors: {a: {humidity: {noise: 1}}}", "3:25", "none of them", "one of value, sine"),
        (
            "sensors: {a: {humidity: {sine: {mean: 1, amplitude: 1, period: 0 s}}}}",
            "3:64",
            "`0 s` is not right",
            "above 0",
        ),
        ("sensors: {a: {humidity: {csv: {file: none.csv}}}}", "3:38", "cannot read", "relative"),
        (
            "sensors: {a: {humidity: {csv: {file: a.csv, column: x}}}}",
            "3:53",
            "no column 'x'",
            "hPa, degrees",
        ),
        ("sensors: {a: {humidity: {csv: {file: bad.csv}}}}", "3:38", "line 2", "after|sort"),
        ("analog: {A0: 1}", "3:10", "`A0` is not right", "a pin such as PA0"),
        ("tag: {language: de}", "3:6", "one message", "either uri or text"),
        ("tag: {uri: 'a', text: 'b'}", "3:6", "one message", "either uri or text"),
    ],
)
def test_mistakes_have_their_place_and_cure(
    tmp_path: Path, text: str, place: str, message: str, cure: str
) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "bad.csv").write_text("1,2\n1,3\n")
    found = mistake(tmp_path, MINIMAL + text + "\n")
    assert message in found.message
    assert found.cure is not None
    assert any(part in found.cure for part in cure.split("|"))
    assert str(found.where).startswith(f"{tmp_path / 'world.yaml'}:3:"), place


def test_samples_stay_outside_of_their_times() -> None:
    samples = Samples((10, 20), (1.0, 2.0))
    assert [samples.at(time, "") for time in (0, 10, 15, 20, 99)] == [1, 1, 1.5, 2, 2]


SENSORS = MINIMAL + "sensors: {hts221: {temperature: -3.5}, hts222: {temperature: 1}}\n"


def test_a_board_measures_what_its_world_says(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(SENSORS + "analog: {PC5: 1.1, PD0: 1}\n")
    images = Path(__file__).resolve().parents[4] / "firmware"
    with Board("b_l475e_iot01a", images / "blocks" / "sensors.elf", world=file) as board:
        machine = next(iter(board.engine.script.machines.values()))
        sensor = machine.peripherals["hts221"]
        assert sensor.temperature == -3.5
        assert machine.peripherals["adcCommon"].convert(1, 14, False) == 1365
        board.set_sensor("hts221", "temperature", 10)
        saved = board.snapshot()
        board.set_sensor("hts221", "temperature", 20)
        assert sensor.temperature == 20
        board.restore(saved)
        assert sensor.temperature == 10
    assert "this board has no sensor hts222; did you mean hts221?" in caplog.text
    assert "PD0 is no analogue pin" in caplog.text

"""Campaigns: what a file asks for, its mistakes, and its runs on one worker, two, and a cluster."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.explore.campaign import read_campaign
from renode_wifi.emulation.frontends.cli import main

FIRMWARE = Path(__file__).resolve().parents[3] / "firmware"
BOARD = "cc3220sf_launchxl"
PROBE = FIRMWARE / "probe" / f"{BOARD}.elf"
PLAIN = """
access_points: [{ssid: renode-wifi, passphrase: no-board-farm}]
names: {echo.home.test: 10.10.0.1}
servers: {echo: {type: echo, port: 7}}
"""
"""A world without certificates, whose keys each worker would make."""
CAMPAIGN = f"""
images: {{{BOARD}: [{PROBE}]}}
worlds: [plain.yaml]
seeds: {{from: 1, to: 2}}
faults: [none, {{do: dns-fails, at: 500 ms, for: 9 s}}]
until: "tcp: ok"
fail_on: "FAILED"
time: 20 s
"""


def written(folder: Path, text: str) -> Path:
    (folder / "plain.yaml").write_text(PLAIN, encoding="utf-8")
    path = folder / "campaign.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_combination_is_a_run(tmp_path: Path) -> None:
    runs = read_campaign(written(tmp_path, CAMPAIGN))
    assert len(runs) == len({run.name for run in runs}) == 4
    assert {run.seed for run in runs} == {1, 2}
    assert {run.fault for run in runs} == {
        (),
        (("do", "dns-fails"), ("at", "500 ms"), ("for", "9 s")),
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("until:", "till:", "has no key 'till'"),
        ('until: "tcp: ok"', "", "lacks until"),
        ("tcp: ok", "(", "escape special characters"),
        ("20 s", "20", "has time: 20"),
        ("{from: 1, to: 2}", "many", "has seeds: 'many'"),
        ("{from: 1, to: 2}", "{from: 1, to: 99999999}", "100000"),
        ("{from: 1, to: 2}", "{from: 1, to: two}", "has seeds"),
        ("dns-fails", "dns-fail", "did you mean `dns-fails`"),
        (str(PROBE), "nowhere.elf", "which is not there"),
        (BOARD + ":", "nope:", "no board is called"),
        ("images", "[", "is no YAML"),
        ("images:", "images: " + "[" * 5_000, "is no YAML"),
    ],
)
def test_a_mistake_is_named_with_its_cure(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in CAMPAIGN
    with pytest.raises(RenodeWifiError) as caught:
        read_campaign(written(tmp_path, CAMPAIGN.replace(old, new)))
    assert message in str(caught.value)


def test_one_worker_and_two_have_the_same_results(tmp_path: Path) -> None:
    path = written(tmp_path, CAMPAIGN)
    for jobs in ("1", "2"):
        assert main(["campaign", str(path), "--jobs", jobs, "--out", str(tmp_path / jobs)]) == 1
    first, second = ((tmp_path / jobs / "results.jsonl").read_text() for jobs in ("1", "2"))
    assert first == second
    outcomes = [json.loads(line)["outcome"] for line in first.splitlines()[1:]]
    assert outcomes == ["passed", "failed"] * 2


def test_a_dask_cluster_has_the_same_results(tmp_path: Path) -> None:
    distributed = pytest.importorskip(
        "distributed", reason="pip install 'renode-wifi[cluster]' to test with Dask"
    )
    path = written(tmp_path, CAMPAIGN)
    main(["campaign", str(path), "--out", str(tmp_path / "here")])
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        address = cluster.scheduler_address
        main(["campaign", str(path), "--scheduler", address, "--out", str(tmp_path / "dask")])
    here, there = ((tmp_path / name / "results.jsonl").read_text() for name in ("here", "dask"))
    assert here == there


def test_without_dask_the_cure_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    path = written(tmp_path, CAMPAIGN)
    arguments = ["campaign", str(path), "--out", str(tmp_path), "--scheduler", "tcp://x:1"]
    assert main(arguments) == 2
    assert "pip install 'renode-wifi[cluster]'" in capsys.readouterr().err


def broken_off(*arguments: object) -> None:
    raise KeyboardInterrupt


def test_results_of_a_file_that_has_changed_are_not_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "renode_wifi.emulation.frontends.cli.subcommands.campaign.carry_out", broken_off
    )
    image = tmp_path / "image.elf"
    image.write_bytes(PROBE.read_bytes())
    path = written(tmp_path, CAMPAIGN.replace(str(PROBE), str(image)))
    arguments = ["campaign", str(path), "--out", str(tmp_path / "out")]
    assert main(arguments) == main(arguments) == 130
    for changed, old, new in (
        (image, b"probe: ", b"Probe: "),
        (tmp_path / "plain.yaml", b"port: 7", b"port: 8"),
        (path, b"time: 20 s", b"time: 21 s"),
    ):
        content = changed.read_bytes()
        assert old in content
        changed.write_bytes(content.replace(old, new))
        assert main(arguments) == 2
        assert "of something else" in capsys.readouterr().err
        changed.write_bytes(content)
    assert main(arguments) == 130


def test_until_the_end_the_report_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "renode_wifi.emulation.frontends.cli.subcommands.campaign.carry_out", broken_off
    )
    path = written(tmp_path, CAMPAIGN)
    (tmp_path / "junit.xml").write_text("<testsuites/>")
    assert main(["campaign", str(path), "--out", str(tmp_path)]) == 130
    report = ElementTree.parse(tmp_path / "junit.xml").getroot()
    assert report.find("testsuite/testcase/failure") is not None

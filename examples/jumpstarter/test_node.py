from pathlib import Path

import pytest
import yaml
from jumpstarter.common.utils import serve
from jumpstarter.config.exporter import ExporterConfigV1Alpha1DriverInstance as Driver


@pytest.fixture
def board():
    exporter = yaml.safe_load(Path("exporter.yaml").read_text())
    with serve(Driver.model_validate(exporter["export"]["board"]).instantiate()) as client:
        yield client


def test_the_node_connects(board):
    board.power.on()
    with board.serial.pexpect() as console:
        console.expect_exact("MQTT connected", timeout=60)
    board.power.off()

import pytest
from broker import Broker


@pytest.fixture(autouse=True)
def broker():
    running = Broker()
    yield running
    running.close()


def test_temperatures_reach_the_broker_on_this_machine(board, broker):
    board.wait_for_line("published", timeout=30)
    topic, payload = broker.messages.get(timeout=10)
    assert topic == "home/kitchen/temperature"
    assert float(payload) == 21.0

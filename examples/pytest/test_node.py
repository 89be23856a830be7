def connected(board):
    board.wait_for_line("MQTT connected", timeout=30)


def test_it_publishes_temperatures(board_at):
    board = board_at("connected", connected)
    message = board.wait_for_message("broker", "home/+/temperature", timeout=5)
    assert 15 < float(message.payload) < 30


def test_it_finds_a_lost_broker_again(board_at, world):
    board = board_at("connected", connected)
    world.server("broker").stop()
    board.wait_for_line("connection lost", timeout=10)
    world.server("broker").start()
    connected(board)

def test_the_node_connects(target):
    console = target.get_driver("ConsoleProtocol")
    target.get_driver("PowerProtocol").on()
    console.expect("MQTT connected", timeout=30)
    target.get_driver("ResetProtocol").reset()
    console.expect("MQTT connected", timeout=30)


def test_the_node_finds_a_lost_broker_again(target):
    console = target.get_driver("ConsoleProtocol")
    target.get_driver("PowerProtocol").cycle()
    console.expect("MQTT connected", timeout=30)
    world = target.get_driver("RenodeWifiDriver").board.world
    world.server("broker").stop()
    console.expect("connection lost", timeout=10)
    world.server("broker").start()
    console.expect("MQTT connected", timeout=30)

# ironpython: executed by Renode
"""Included by a Renode that `RenodeBackend` has started: connects it to the backend."""


def wifi_drive():
    # type: () -> None
    import os
    import sys

    from System import Environment

    if "renode_wifi" not in sys.modules:
        here = os.path.dirname(os.path.abspath(wifi_drive.__code__.co_filename))
        package = type(sys)("renode_wifi")
        package.__path__ = [os.path.dirname(os.path.dirname(here))]
        sys.modules["renode_wifi"] = package
    from renode_wifi.emulation.renode.driver import Driver

    Driver(globals()["self"], Environment.GetEnvironmentVariable("RENODE_WIFI_CONTROL")).start()


wifi_drive()

# ironpython: executed by Renode
"""Included by a Renode that `RenodeBackend` has started: connects it to the backend."""


def wifi_drive():
    # type: () -> None
    import imp
    import os
    import sys

    from System import Environment

    if "renode_wifi" not in sys.modules:
        here = os.path.dirname(os.path.abspath(wifi_drive.func_code.co_filename))
        package = imp.new_module("renode_wifi")
        package.__path__ = [os.path.dirname(os.path.dirname(here))]
        sys.modules["renode_wifi"] = package
    from renode_wifi.emulation.renode.driver import Driver

    Driver(self, Environment.GetEnvironmentVariable("RENODE_WIFI_CONTROL")).start()  # noqa: F821


wifi_drive()

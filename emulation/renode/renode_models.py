# ironpython: executed by Renode
"""Adds the boards' commands to a Renode monitor: wifi_world, wifi_model, wifi_fault, wifi_server.

Included by the boards' scripts. The models are those of the embedded engine; they are imported from
the folders around this file, under the package's name.
"""


def wifi_import():
    # type: () -> typing.Any
    """The module with the commands; on first use, make `renode_wifi` importable here."""
    import imp
    import os
    import sys

    if "renode_wifi" not in sys.modules:
        here = os.path.dirname(os.path.abspath(wifi_import.func_code.co_filename))
        package = imp.new_module("renode_wifi")
        package.__path__ = [os.path.dirname(os.path.dirname(here))]
        sys.modules["renode_wifi"] = package
    from renode_wifi.emulation.renode import commands

    return commands


def mc_wifi_world(path, seed="world"):
    # type: (str, int | str) -> None
    wifi_import().world(self.Machine, path, seed)  # noqa: F821


def mc_wifi_model(name, kind, place, attributes=""):
    # type: (str, str, str, str) -> None
    wifi_import().model(self.Machine, name, kind, place, attributes)  # noqa: F821


def mc_wifi_fault(fault, attributes=""):
    # type: (str, str) -> None
    wifi_import().fault(self.Machine, fault, attributes)  # noqa: F821


def mc_wifi_server(name):
    # type: (str) -> None
    print(wifi_import().server(self.Machine, name))  # noqa: F821


MYPY = False
if MYPY:
    import typing  # noqa: F401

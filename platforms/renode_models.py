# ironpython: executed by Renode
"""Adds the boards' commands to a Renode monitor: wifi_world, wifi_model, wifi_wires, wifi_vectors,
wifi_fault, wifi_server.

Included by the boards' scripts. The models are those of the embedded engine; they are imported from
the folders around this file, under the package's name.
"""


def wifi_import():
    # type: () -> typing.Any
    """The module with the commands; on first use, make `renode_wifi` importable here."""
    import sys

    from System.IO import Path

    if "renode_wifi" not in sys.modules:
        here = Path.GetDirectoryName(Path.GetFullPath(wifi_import.__code__.co_filename))
        package = type(sys)("renode_wifi")
        package.__path__ = [str(Path.GetDirectoryName(here))]
        sys.modules["renode_wifi"] = package
    from renode_wifi.emulation.engines.renode.inside import commands

    return commands


def wifi_machine():
    # type: () -> typing.Any
    """The machine that the monitor, `self` of its scripts, has selected."""
    return globals()["self"].Machine


def mc_wifi_world(path, seed="world", name=""):
    # type: (str, int | str, str) -> None
    wifi_import().world(path, seed, name)


def mc_wifi_model(name, kind, place, attributes=""):
    # type: (str, str, str, str) -> None
    wifi_import().model(wifi_machine(), name, kind, place, attributes)


def mc_wifi_wires(path):
    # type: (str) -> None
    """Wires of outputs that Renode's models don't have."""


def mc_wifi_vectors(address):
    # type: (int) -> None
    wifi_import().vectors(wifi_machine(), address)


def mc_wifi_fault(fault, attributes=""):
    # type: (str, str) -> None
    wifi_import().fault(wifi_machine(), fault, attributes)


def mc_wifi_server(name):
    # type: (str) -> None
    print(wifi_import().server(wifi_machine(), name))


MYPY = False
if MYPY:
    import typing  # noqa: F401

# ironpython: executed by Renode
"""Starts the Python processes that stand beside a Renode: the world's helper, and the guard."""

import os

import System

from renode_wifi.emulation.engines.renode.inside.assemblies import Process, ProcessStartInfo
from renode_wifi.emulation.engines.renode.inside.log import message_of

PACKAGE = "renode_wifi.emulation.engines.renode."
INTERPRETER = "RENODE_WIFI_PYTHON"


class StartError(Exception):
    """A process that cannot be started; the text is for the user."""


def package_root():
    # type: () -> str
    """The folder with emulation/ and peripherals/ in it."""
    here = os.path.dirname(os.path.abspath(__file__))
    return os.path.abspath(os.path.join(here, *[os.pardir] * 4))


def import_path(root):
    # type: (str) -> str
    """The folder from which Python imports `renode_wifi`."""
    if os.path.isdir(os.path.join(root, "src", "renode_wifi")):
        return os.path.join(root, "src")
    return os.path.dirname(root)


def interpreter(root):
    # type: (str) -> str
    """Python 3 that has the package's dependencies.

    What the environment names; else that of a checkout's .venv, or of the environment that the
    package is installed in; else the one on the search path.
    """
    named = System.Environment.GetEnvironmentVariable(INTERPRETER)
    if named:
        return str(named)
    candidates = []
    for base in (root, os.path.dirname(root), os.path.dirname(os.path.dirname(root))):
        candidates.append(os.path.join(base, ".venv", "bin", "python"))
        candidates.append(os.path.join(base, ".venv", "Scripts", "python.exe"))
    # <prefix>/lib/python3.x/site-packages/renode_wifi, <prefix>/Lib/site-packages/renode_wifi
    prefix = os.path.dirname(os.path.dirname(os.path.dirname(root)))
    candidates.append(os.path.join(os.path.dirname(prefix), "bin", "python3"))
    candidates.append(os.path.join(prefix, "Scripts", "python.exe"))
    candidates.append(os.path.join(prefix, "python.exe"))
    for candidate in candidates:
        if os.path.isfile(candidate):
            return candidate
    return "python" if os.name == "nt" else "python3"


def start(module, arguments):
    # type: (str, typing.Sequence[str]) -> typing.Any
    """Python 3 with a module of this package, its standard input a pipe that ends with us."""
    root = package_root()
    info = ProcessStartInfo()
    info.FileName = interpreter(root)
    info.Arguments = " ".join(["-m", PACKAGE + module] + list(arguments))
    info.UseShellExecute = False
    info.RedirectStandardInput = True
    paths = [import_path(root)]
    inherited = System.Environment.GetEnvironmentVariable("PYTHONPATH")
    if inherited:
        paths.append(str(inherited))
    info.EnvironmentVariables["PYTHONPATH"] = os.pathsep.join(paths)
    try:
        return Process.Start(info)
    except System.Exception as error:
        raise StartError(  # noqa: B904
            "cannot start %s (%s); name a Python 3 with renode-wifi's dependencies in the"
            " environment variable %s" % (info.FileName, message_of(error), INTERPRETER)
        )


def own_number():
    # type: () -> int
    """Of this process."""
    return int(Process.GetCurrentProcess().Id)


MYPY = False
if MYPY:
    import typing  # noqa: F401

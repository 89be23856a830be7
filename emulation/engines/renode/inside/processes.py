# ironpython: executed by Renode
"""Starts the Python processes that stand beside a Renode: the world's helper, and the guard.

Paths are .NET's here: `os` and what it imports take IronPython a third of a second.
"""

import System
from System.IO import Directory, File, Path

from renode_wifi.emulation.engines.renode.inside.assemblies import Process, ProcessStartInfo
from renode_wifi.emulation.engines.renode.inside.log import message_of

PACKAGE = "renode_wifi.emulation.engines.renode."
INTERPRETER = "RENODE_WIFI_PYTHON"


class StartError(Exception):
    """A process that cannot be started; the text is for the user."""


def package_root():
    # type: () -> str
    """The folder with emulation/ and peripherals/ in it."""
    return above(str(Path.GetFullPath(__file__)), 5)


def above(path, levels):
    # type: (str, int) -> str
    """The folder so many levels above."""
    for _ in range(levels):
        path = str(Path.GetDirectoryName(path) or path)
    return path


def import_path(root):
    # type: (str) -> str
    """The folder from which Python imports `renode_wifi`."""
    if Directory.Exists(_joined(root, "src", "renode_wifi")):
        return _joined(root, "src")
    return above(root, 1)


def _joined(*names):
    # type: (*str) -> str
    path = names[0]
    for name in names[1:]:
        path = str(Path.Combine(path, name))
    return path


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
    for base in (root, above(root, 1), above(root, 2)):
        candidates.append(_joined(base, ".venv", "bin", "python"))
        candidates.append(_joined(base, ".venv", "Scripts", "python.exe"))
    # <prefix>/lib/python3.x/site-packages/renode_wifi, <prefix>/Lib/site-packages/renode_wifi
    prefix = above(root, 3)
    candidates.append(_joined(above(prefix, 1), "bin", "python3"))
    candidates.append(_joined(prefix, "Scripts", "python.exe"))
    candidates.append(_joined(prefix, "python.exe"))
    for candidate in candidates:
        if File.Exists(candidate):
            return candidate
    return "python" if str(Path.DirectorySeparatorChar) == "\\" else "python3"


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
    info.EnvironmentVariables["PYTHONPATH"] = str(Path.PathSeparator).join(paths)
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

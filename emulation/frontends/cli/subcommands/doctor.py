"""`renode-wifi doctor`: what this machine has and what is missing."""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
from importlib import metadata

from renode_wifi import __version__
from renode_wifi.emulation.engines.embedded import native
from renode_wifi.emulation.engines.renode import find
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.peripherals.network.tls.openssl import deterministic_tls_problem

LIBRARIES = ("unicorn", "pyyaml", "cattrs", "h11", "pyelftools", "cryptography", "pyopenssl")


def add(command: argparse.ArgumentParser) -> None:
    command.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    good = True

    def report(name: str, value: str | None, cure: str = "", needed: bool = True) -> None:
        nonlocal good
        if value is None:
            good = good and not needed
            print(f"{'MISSING' if needed else 'absent':>8}  {name}: {cure}")
        else:
            print(f"{'ok':>8}  {name}: {value}")

    report("renode-wifi", __version__)
    report("python", f"{platform.python_version()} ({sys.executable})")
    for library in LIBRARIES:
        report(library, _version(library), f"pip install {library}")
    try:
        report("embedded engine", str(native.library_path()))
    except RenodeWifiError as error:
        report("embedded engine", None, str(error))
    problem = deterministic_tls_problem()
    report(
        "deterministic TLS",
        None if problem else "yes",
        f"TLS bytes inside a world differ from run to run: {problem}",
        needed=False,
    )
    try:
        report("renode", find.find().name)
    except RenodeWifiError as error:
        report("renode", None, f"only --engine renode needs it: {error}", needed=False)
    report(
        "arm-none-eabi-gcc",
        shutil.which("arm-none-eabi-gcc"),
        "only `make firmware` needs it: apt-get install gcc-arm-none-eabi",
        needed=False,
    )
    return 0 if good else 1


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None

"""Building the native core with the system's C compiler.

Both setup.py, at install, and native.py, at first use in a checkout, build by this recipe. It
imports nothing of the package, which isn't installed yet in the former case.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import NamedTuple

FLAGS: tuple[str, ...] = (
    "-std=c11",
    "-D_POSIX_C_SOURCE=200809L",
    "-O3",
    "-fPIC",
    "-fvisibility=hidden",
    "-fno-strict-aliasing",
    "-pthread",
    "-shared",
)
ACROSS_FILES: tuple[str, ...] = ("-flto",)
"""Exceptions take a fifth less. Not every compiler has a linker for it."""
SANITIZE = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined")
"""For `make sanitize`; the library needs libasan in its process, loaded first."""
if os.environ.get("RENODE_WIFI_SANITIZE"):
    FLAGS += SANITIZE
    ACROSS_FILES = ()
COMPILERS = ("cc", "gcc", "clang")


class Platform(NamedTuple):
    """triple: of `zig cc -target`. tag: of wheels. name: what `platform_name` is there."""

    triple: str
    tag: str
    name: str


PLATFORMS = {
    "linux-x86_64": Platform("x86_64-linux-gnu.2.17", "manylinux2014_x86_64", "linux-x86_64"),
    "linux-aarch64": Platform("aarch64-linux-gnu.2.17", "manylinux2014_aarch64", "linux-aarch64"),
    "musl-x86_64": Platform("x86_64-linux-musl", "musllinux_1_2_x86_64", "linux-x86_64"),
    "musl-aarch64": Platform("aarch64-linux-musl", "musllinux_1_2_aarch64", "linux-aarch64"),
    "macos-x86_64": Platform("x86_64-macos.11.0", "macosx_11_0_x86_64", "macosx-x86_64"),
    "macos-arm64": Platform("aarch64-macos.11.0", "macosx_11_0_arm64", "macosx-arm64"),
    "windows-amd64": Platform("x86_64-windows-gnu", "win_amd64", "win-amd64"),
}
"""By the values of RENODE_WIFI_TARGET, for wheels of other platforms than the one at hand."""


class BuildError(Exception):
    """The core cannot be built; `cure` says what to do."""

    def __init__(self, message: str, cure: str) -> None:
        super().__init__(f"{message}\n  {cure}")
        self.message = message
        self.cure = cure


def files(folder: Path, suffix: str) -> list[Path]:
    """The core's files with that suffix, in its folder and those below."""
    return sorted(folder.rglob(f"*{suffix}"))


def source_hash(folder: Path) -> str:
    """Identifies the sources in `folder`, headers included."""
    digest = hashlib.sha256(" ".join(FLAGS + ACROSS_FILES).encode())
    # Each start does this, and objects for paths would take longer than the reading.
    for place, folders, names in os.walk(folder):
        folders.sort()
        room = os.path.relpath(place, folder).replace(os.sep, "/")
        for name in sorted(name for name in names if name.endswith((".c", ".h"))):
            with open(os.path.join(place, name), "rb") as file:
                digest.update(f"{room}/{name}".encode() + b"\0" + file.read() + b"\0")
    return digest.hexdigest()[:16]


def foreign_platform() -> Platform | None:
    """What RENODE_WIFI_TARGET names; None: the core is built for the platform at hand."""
    name = os.environ.get("RENODE_WIFI_TARGET")
    if not name:
        return None
    if name not in PLATFORMS:
        raise BuildError(
            f"RENODE_WIFI_TARGET={name} is no platform", f"there are {', '.join(PLATFORMS)}"
        )
    return PLATFORMS[name]


def platform_name() -> str:
    """System and processor. On macOS Python's own name has versions of the system in it."""
    foreign = foreign_platform()
    if foreign is not None:
        return foreign.name
    if sys.platform == "darwin":
        return f"macosx-{os.uname().machine}"
    return sysconfig.get_platform()


def library_name(sources: str) -> str:
    """The file name of the library built on this platform from sources with that hash."""
    name = platform_name()
    suffix = ".dll" if name.startswith("win") else ".so"
    return f"_core-{sources}-{name}{suffix}"


def find_compiler() -> str:
    """The C compiler command: $CC, or the first known one on the path; for another platform than
    the one at hand that of PyPI's `ziglang`."""
    import shlex

    foreign = foreign_platform()
    if foreign is not None:
        return f"{shlex.quote(sys.executable)} -m ziglang cc -target {foreign.triple}"
    named = os.environ.get("CC")
    for candidate in [named] if named else COMPILERS:
        if shutil.which(shlex.split(candidate)[0]):
            return candidate
    raise BuildError(
        f"the C compiler $CC={named} is not on the path"
        if named
        else f"no C compiler ({', '.join(COMPILERS)}) is on the path to build the emulation core",
        "install one (Debian, Ubuntu: apt install gcc libc6-dev; Fedora: dnf install gcc;"
        " Alpine: apk add gcc musl-dev; macOS: xcode-select --install)",
    )


def build(target: Path, folder: Path) -> None:
    """Compile the sources in `folder` to `target`, whole or not at all, however many do so."""
    compiler = find_compiler()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _compile(compiler, folder, target)
    except OSError as error:
        raise BuildError(
            f"cannot keep the emulation core in {target.parent}: {error.strerror}",
            "make that folder writable; on Linux, XDG_CACHE_HOME can name another one above it",
        ) from None


def is_ours(path: Path) -> bool:
    """Whether no other user can have put it there, or change it: code is loaded from it."""
    if not hasattr(os, "geteuid"):
        return True
    status = path.stat()
    return status.st_uid in (0, os.geteuid()) and not status.st_mode & stat.S_IWOTH


def _compile(compiler: str, folder: Path, target: Path) -> None:
    # A start with a core that is built does without these.
    import shlex
    import subprocess

    sources = [str(path) for path in files(folder, ".c")]
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        draft = Path(scratch) / target.name
        for wanted in (FLAGS + ACROSS_FILES, FLAGS):
            # Code for Windows is position-independent without being asked, and must not be.
            flags = [flag for flag in wanted if flag != "-fPIC" or target.suffix != ".dll"]
            command = [*shlex.split(compiler), *flags, f"-I{folder}", "-o", str(draft), *sources]
            result = subprocess.run(command, capture_output=True, text=True, check=False)
            if result.returncode == 0:
                break
        if result.returncode != 0:
            raise BuildError(
                f"{compiler} could not build the emulation core:\n{result.stderr.strip()}",
                "the C library's headers are needed too (Debian, Ubuntu: apt install libc6-dev)",
            )
        os.replace(draft, target)

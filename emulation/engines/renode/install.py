"""Gets Renode: the official portable archive, checked and unpacked into the user's data folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from renode_wifi.emulation.engines.renode.find import data_folder
from renode_wifi.emulation.errors import RenodeWifiError

DOWNLOADS = "https://github.com/renode/renode/releases/download"
DOWNLOADS_VARIABLE = "RENODE_WIFI_RENODE_DOWNLOADS"
"""Environment variable with another place that has v<version>/<file>."""
DEFAULT_VERSION = "1.17.0"
CHUNK = 1 << 16
NETWORK_TIMEOUT = 60.0

Progress = Callable[[int, int | None], None]
"""Called with bytes so far and bytes in all, where that is known."""


@dataclass(frozen=True)
class Archive:
    """system and machine: as `platform` names them, in lower case."""

    version: str
    system: str
    machine: str
    file: str
    sha256: str

    def __str__(self) -> str:
        return f"Renode {self.version} for {self.system} {self.machine}"


# Up to 1.16 the archives without "dotnet" in their names are for Mono; from 1.17 on all are .NET.
ARCHIVES = (
    Archive(
        "1.17.0",
        "linux",
        "x86_64",
        "renode-1.17.0.linux-portable.tar.gz",
        "4ba7c68b59e2447f188ef4b4b112fcccd2802582c460beedceb63b84e5605a5f",
    ),
    Archive(
        "1.17.0",
        "linux",
        "arm64",
        "renode-1.17.0.linux-arm64-portable.tar.gz",
        "e9051578411441bfb47b77de0381cfba3badce03663367fab561472fd7807f1f",
    ),
    Archive(
        "1.17.0",
        "windows",
        "x86_64",
        "renode-1.17.0.windows-portable.zip",
        "18bcf145422039e8702c3e5f9864c7787561bfd5deb7a3ee6e168ecf19e2b9db",
    ),
    Archive(
        "1.16.1",
        "linux",
        "x86_64",
        "renode-1.16.1.linux-portable-dotnet.tar.gz",
        "00e113cdbd0f5354cf2f64bbe3f5a070d8958409542fca66e45ac97d982938c0",
    ),
    Archive(
        "1.16.1",
        "linux",
        "arm64",
        "renode-1.16.1.linux-arm64-portable-dotnet.tar.gz",
        "fff3a098c96ed0a4ffbdff3f028c9c5fde432db09587c7bd7c99406180f90007",
    ),
    Archive(
        "1.16.1",
        "windows",
        "x86_64",
        "renode-1.16.1.windows-portable-dotnet.zip",
        "d09b7934cfd560cd06bde8f131ef78f521f10d423d5aac6096f2a583224aeb3e",
    ),
)
SAME_MACHINE = {"amd64": "x86_64", "x64": "x86_64", "aarch64": "arm64"}


def this_system() -> tuple[str, str]:
    machine = platform.machine().lower()
    return platform.system().lower(), SAME_MACHINE.get(machine, machine)


def choose(version: str, archives: tuple[Archive, ...] = ARCHIVES) -> Archive:
    """The archive of a version for this machine."""
    system, machine = this_system()
    for archive in archives:
        if (archive.version, archive.system, archive.machine) == (version, system, machine):
            return archive
    if version not in {archive.version for archive in archives}:
        known = ", ".join(sorted({archive.version for archive in archives}, reverse=True))
        raise RenodeWifiError(
            f"the checksum of Renode {version} is not known here", cure=f"choose one of {known}"
        )
    raise RenodeWifiError(
        f"there is no portable archive of Renode {version} for {system} {machine} that can be"
        " unpacked here",
        cure="install Renode by hand (renode.io) and name it in RENODE_PATH",
    )


def install(
    version: str,
    file: Path | None = None,
    progress: Progress = lambda done, total: None,
    archives: tuple[Archive, ...] = ARCHIVES,
) -> Path:
    """Unpack a version; returns its folder. file: an archive that is here already."""
    archive = choose(version, archives)
    target = data_folder() / "renode" / version
    if target.exists():
        raise RenodeWifiError(
            f"Renode {version} is installed already", where=str(target), cure="remove it first"
        )
    downloaded = None
    if file is None:
        file = downloaded = download(archive, progress)
    try:
        _check(file, archive, archives)
        _unpack(file, archive, target)
    finally:
        if downloaded is not None:
            downloaded.unlink(missing_ok=True)
    return target


def download(archive: Archive, progress: Progress) -> Path:
    """The archive's file, complete but unchecked. What an earlier attempt got is kept."""
    base = os.environ.get(DOWNLOADS_VARIABLE, DOWNLOADS)
    url = f"{base.rstrip('/')}/v{archive.version}/{archive.file}"
    folder = data_folder() / "downloads"
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{archive.file}.part"
    done = partial.stat().st_size if partial.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "renode-wifi"})
    if done:
        request.add_header("Range", f"bytes={done}-")
    again = f"run it again to go on, or fetch {url} by other means and use --archive FILE"
    try:
        with urllib.request.urlopen(request, timeout=NETWORK_TIMEOUT) as response:
            if response.status != 206:
                # The server sends all of it again.
                done = 0
            length = response.headers.get("Content-Length")
            total = None if length is None else done + int(length)
            with partial.open("ab" if done else "wb") as out:
                while chunk := response.read(CHUNK):
                    out.write(chunk)
                    done += len(chunk)
                    progress(done, total)
    except urllib.error.HTTPError as error:
        if error.code == 416:
            # Nothing is missing: the attempt before broke off behind its last byte.
            return _complete(partial)
        raise RenodeWifiError(
            f"the server refuses: {error.code} {error.reason}", where=url, cure=again
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise RenodeWifiError(f"cannot download: {reason}", where=url, cure=again) from error
    if total is not None and done < total:
        raise RenodeWifiError(
            f"the download ended after {done} of {total} bytes", where=url, cure=again
        )
    return _complete(partial)


def _complete(partial: Path) -> Path:
    return partial.rename(partial.with_suffix(""))


def _check(file: Path, archive: Archive, archives: tuple[Archive, ...]) -> None:
    digest = hashlib.sha256()
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise RenodeWifiError(
            f"cannot read: {error.strerror}", where=str(file), cure=f"give {archive.file}"
        ) from error
    found = digest.hexdigest()
    if found == archive.sha256:
        return
    for other in archives:
        if found == other.sha256:
            raise RenodeWifiError(
                f"this is {other}, not {archive}",
                where=str(file),
                cure=f"give {archive.file}, or ask for --version {other.version}",
            )
    raise RenodeWifiError(
        f"this is not {archive}, or it is damaged: its SHA-256 is {found},"
        f" that of {archive.file} is {archive.sha256}",
        where=str(file),
        cure="download it again",
    )


def _unpack(file: Path, archive: Archive, target: Path) -> None:
    """All or nothing: into a folder beside, which then takes its name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=target.parent))
    try:
        if archive.file.endswith(".zip"):
            with zipfile.ZipFile(file) as packed:
                packed.extractall(folder)
        else:
            with tarfile.open(file) as packed:
                # Its checksum says that it is the official one; still, nothing outside of it.
                packed.extractall(folder, filter="data")
        tops = list(folder.iterdir())
        top = tops[0] if len(tops) == 1 and tops[0].is_dir() else folder
        if not any((top / name).exists() for name in ("renode", "renode.exe", "bin")):
            raise RenodeWifiError("there is no Renode in the archive", where=str(file))
        top.rename(target)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError) as error:
        raise RenodeWifiError(
            f"cannot unpack: {error}", where=str(file), cure="download it again"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(folder)

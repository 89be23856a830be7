"""Compiles the embedded engine's native core at install, so that wheels carry it.

Everything else about the package is in pyproject.toml. The core is a plain shared library loaded
with ctypes: it needs neither Python's nor Unicorn's headers and serves every Python version, so
wheels are tagged for the platform only.
"""

import os
import runpy
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:
    from wheel.bdist_wheel import bdist_wheel

ROOT = Path(__file__).resolve().parent
# By way of the package, which a source distribution has and the folders beside it has not.
ENGINE = ROOT / "src" / "renode_wifi" / "emulation" / "engines" / "embedded"
CORE = ENGINE / "core"


# By itself: the package isn't importable while it is built, as its dependencies aren't there yet.
RECIPE = runpy.run_path(str(ENGINE / "build_core.py"))


class BuildCore(build_ext):
    """Builds the library by the same recipe, under the same name, as the package does."""

    def get_ext_filename(self, fullname):
        folder = fullname.rpartition(".")[0].split(".")
        return os.path.join(*folder, RECIPE["library_name"](RECIPE["source_hash"](CORE)))

    def build_extension(self, extension):
        target = Path(self.get_ext_fullpath(extension.name)).resolve()
        try:
            RECIPE["build"](target, CORE)
        except RECIPE["BuildError"] as error:
            sys.exit(f"renode-wifi: {error}")


class PlatformWheel(bdist_wheel):
    def get_tag(self):
        foreign = RECIPE["foreign_platform"]()
        return ("py3", "none", super().get_tag()[2] if foreign is None else foreign.tag)


setup(
    ext_modules=[
        Extension(
            "renode_wifi.emulation.engines.embedded.core._core",
            sources=[str(path.relative_to(ROOT)) for path in RECIPE["files"](CORE, ".c")],
            depends=[str(path.relative_to(ROOT)) for path in RECIPE["files"](CORE, ".h")],
        )
    ],
    cmdclass={"build_ext": BuildCore, "bdist_wheel": PlatformWheel},
)

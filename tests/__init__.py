"""The project's tests, and rigs that may be imported by their old paths too."""

from renode_wifi import moved

moved.install(moved.TESTS)

# ironpython: executed by Renode
"""The engines that run a board: the embedded one and Renode."""

MYPY = False
if not MYPY:

    def __getattr__(name):
        """For Python 3: that of Renode doesn't ask for names that a module lacks."""
        from renode_wifi import moved

        return moved.old_name(__name__, name)

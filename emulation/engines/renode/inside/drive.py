# ironpython: executed by Renode
"""Included by a Renode that `RenodeEngine` has started: connects it to that."""


def wifi_drive():
    # type: () -> None
    import sys

    from System import Console, Environment
    from System.IO import Path

    if "renode_wifi" not in sys.modules:
        root = str(Path.GetFullPath(wifi_drive.__code__.co_filename))
        for _ in range(5):
            root = str(Path.GetDirectoryName(root))
        package = type(sys)("renode_wifi")
        package.__path__ = [root]
        sys.modules["renode_wifi"] = package
    where = Environment.GetEnvironmentVariable("RENODE_WIFI_CONTROL")
    try:
        from renode_wifi.emulation.engines.renode.inside.driver import Driver

        Driver(globals()["self"], where).start()
    except Exception as error:
        if where.endswith(":stay"):
            raise
        # Nobody else would end this Renode.
        Console.Error.WriteLine("renode-wifi's driver does not start: %r" % error)
        Environment.Exit(1)


wifi_drive()

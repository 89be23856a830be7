# ironpython: executed by Renode
"""Included by a Renode that `RenodeEngine` has started: connects it to that."""


def wifi_drive():
    # type: () -> None
    import os
    import sys

    from System import Console, Environment

    if "renode_wifi" not in sys.modules:
        here = os.path.dirname(os.path.abspath(wifi_drive.__code__.co_filename))
        package = type(sys)("renode_wifi")
        package.__path__ = [os.path.abspath(os.path.join(here, *[os.pardir] * 4))]
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

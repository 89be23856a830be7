"""The boards in real Renode.

`inside` is executed by Renode itself: the shared models as its peripherals. Outside of it are, in
Python 3, `helper` with the radio's processor and the world, `engine` that drives Renode, `install`
that gets it. `protocol` is what both sides speak.
"""

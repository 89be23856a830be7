"""The boards in real Renode.

Inside Renode (IronPython): `renode_models` with its monitor commands, `adapters` that make the
shared models Renode peripherals, `remote` for the radio's link. Outside of it (Python 3): `helper`
with the radio's processor and the world, `engine` that drives Renode, `install` that gets it.
`protocol` is what both sides speak.
"""

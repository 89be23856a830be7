"""A board for agents: the verbs of a test behind the Model Context Protocol.

`verbs` is what an agent may do, without the protocol; `server` is the protocol's, by its own SDK.
"""

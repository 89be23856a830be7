"""What an application relies on that its port of Secure Sockets does not promise.

`rule` says what a rule and a finding are, `port` names the boards' ports and their documents,
`sockets` follows the application's sockets, `rules/` has a check each, `monitor` runs them over the
calls of `observers.calls`, and `report` writes what was found.
"""

"""The Robot Framework library: Renode's keywords, and this package's own.

A keyword is a method in a file of `keywords`; `decorator` makes it one, `library` gathers them.
What Renode's testers do behind them is in `terminal_tester` and `log_tester`. `renode_test` is for
suites that `renode-test` runs.
"""

"""One file per subcommand, each with `add`, which gives its parser what it takes, and `execute`."""

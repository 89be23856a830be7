"""Platform descriptions (`.repl`): reading them and saying what they describe."""

"""The monitor's own commands, with the names, arguments and answers of Renode's."""

"""What a platform description (`.repl`) means: grammar, types, stock models, machine."""

"""What a platform description (`.repl`) means: grammar, types, stock models, machine.

The way of a line: scanner and parser read it, resolve merges what updates an object, compose puts
the machine together, create and constructors make each object of the type that catalogue names.
"""

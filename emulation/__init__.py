"""Boards that run: images, descriptions, engines, observers and the ways to drive them.

`platform` makes models of a `.repl`, `script` carries out a `.resc`, `engines` execute firmware;
`board` is what a test drives, `frontends` have what a person uses. Which floor is above which:
CONTRIBUTING.md.
"""

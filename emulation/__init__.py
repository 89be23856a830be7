"""Boards that run: images, descriptions, engines, observers and the ways to drive them."""

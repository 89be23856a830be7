"""Two Wi-Fi boards as whole systems, running unmodified firmware images."""

__version__ = "0.1.0"

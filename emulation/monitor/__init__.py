"""The monitor: Renode's command language on the embedded engine."""

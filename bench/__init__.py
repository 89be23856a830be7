"""Measurements. Figures to compare are taken side by side in one run; nothing here is a test."""

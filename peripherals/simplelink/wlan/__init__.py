"""The WLAN silo: roles, joining, scanning, settings (SimpleLink SDK, source/wlan.c; wlan.h)."""

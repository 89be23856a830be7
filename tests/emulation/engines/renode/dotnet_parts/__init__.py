"""Parts of the stand-in `dotnet.py`."""

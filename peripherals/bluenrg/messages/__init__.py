"""Commands and events of BlueNRG-MS as values."""

"""SPBTLE-RF: ST's BlueNRG-MS, a Bluetooth Low Energy controller and host (UM1865, DS SPBTLE-RF)."""

"""What Renode itself executes, in IronPython 2.7: models as its peripherals, and a driver."""

"""What Renode's monitor has and this one hasn't, each with what to do instead."""

from __future__ import annotations

RENODE = "run the board in Renode: --engine renode"

COMMANDS = {
    "allowPrivates": "everything public of a model can be used; private members can't",
    "analyzers": "showAnalyzer shows what a serial port sends",
    "console": "the monitor is a console",
    "createPlatform": "include @platforms/b_l475e_iot01a.resc makes a board",
    "displayImages": "print text instead",
    "history": "the Up key recalls lines; Ctrl-R searches them",
    "host": "hosts are in the world file",
    "lastLog": "logFile @file keeps the log",
    "peripheralsGraph": "`peripherals` lists them as a tree",
    "pillow": RENODE,
    "plugins": "there are none; a Python peripheral is a model of your own",
    "resd": RENODE,
    "string": '$name="text" sets a variable',
    "trace": "renode-wifi run --trace writes all transactions as JSON lines",
    "verboseMode": "logLevel -1 logs everything",
}

MEMBERS = {
    "AddUserStateHook": "poll with `watch`, or hook the code: sysbus.cpu AddHook",
    "CreateBLEMedium": "no board here has Bluetooth",
    "CreateCANHub": "no board here has a CAN transceiver wired",
    "CreateExecutionTracing": "sysbus.cpu LogFunctionNames logs the functions entered; or gdb",
    "CreateIEEE802_15_4Medium": "the radios are Wi-Fi; access points are in the world file",
    "CreateNetworkServer": "servers are in the world file",
    "CreateSwitch": "the network is in the world file",
    "CreateTAP": "forwards to this host are in the world file",
    "CreateUARTHub": "write to serial ports by WriteChar and WriteLine, or by a terminal",
    "CreateWirelessMedium": "the air between boards is the world's",
    "EnableOpcodesCounting": RENODE,
    "EnableProfiler": "sysbus.cpu ExecutedInstructions counts; or " + RENODE,
    "EnableProfilerCollection": RENODE,
    "EnterSingleStepMode": "sysbus.cpu Step executes instructions whenever no time passes",
    "ExecutionMode": "sysbus.cpu Step executes single instructions",
    "LoadFdt": "no board here starts from a device tree",
    "LoadUImage": "sysbus LoadELF, LoadHEX and LoadBinary load images",
    "LogTranslation": RENODE,
    "MaximumBlockSize": "blocks have no size here that could be set; hooks work at any instruction",
    "SetHookAfterPeripheralWrite": "SetHookBeforePeripheralWrite comes before the store",
    "SetHookBeforePeripheralRead": "SetHookAfterPeripheralRead sees the value that was read",
}

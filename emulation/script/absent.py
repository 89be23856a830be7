"""What Renode's monitor has and this one hasn't, each with what to do instead."""

from __future__ import annotations

RENODE = "run the board in Renode: --engine renode"

SNAPSHOTS = "Save @file and Load @file, whenever wanted"

COMMANDS = {
    "allowPrivates": "everything public of a model can be used; private members can't",
    "analyzers": "showAnalyzer shows what a serial port sends",
    "console": "the monitor is a console",
    "createPlatform": "include @platforms/b_l475e_iot01a.resc makes a board",
    "autoSave": SNAPSHOTS,
    "displayImage": "print text instead",
    "history": "the Up key recalls lines; Ctrl-R searches them",
    "host": "hosts are in the world file",
    "peripheralsGraph": "`peripherals` lists them as a tree",
    "pillow": RENODE,
    "plugins": "there are none; a Python peripheral is a model of your own",
    "resd": RENODE,
    "reverseExecMode": SNAPSHOTS,
    "setAndRevertAfter": "set the value, let time pass with `emulation RunFor`, set it back",
    "string": '$name="text" sets a variable',
    "tags": "sysbus WhatPeripheralIsAt names what is at an address",
    "trace": "renode-wifi run --trace writes all transactions as JSON lines",
    "verboseMode": "logLevel -1 logs everything",
}

MEMBERS = {
    "AddHookAtInterruptBegin": "hook the handler: sysbus.cpu AddHook",
    "AddHookAtInterruptEnd": "hook the handler: sysbus.cpu AddHook",
    "AddHookAtWfiStateChange": "hook the code: sysbus.cpu AddHook",
    "AddUserStateHook": "poll with `watch`, or hook the code: sysbus.cpu AddHook",
    "AssembleBlock": "assemble with the toolchain, and write words: sysbus WriteWord",
    "CreateBLEMedium": "Bluetooth devices around the board are in the world file",
    "CreateCANHub": "no board here has a CAN transceiver wired",
    "CreateEnvironment": "sensors have their own values: sysbus.i2c2.hts221 Temperature 36.6",
    "CreateExecutionTracing": "sysbus.cpu LogFunctionNames logs the functions entered; or gdb",
    "CreateIEEE802_15_4Medium": "the radios are Wi-Fi; access points are in the world file",
    "CreateNetworkServer": "servers are in the world file",
    "CreateSwitch": "the network is in the world file",
    "CreateTAP": "forwards to this host are in the world file",
    "CreateUARTHub": "write to serial ports by WriteChar and WriteLine, or by a terminal",
    "CreateWirelessMedium": "the air between boards is the world's",
    "DisassembleBlock": "gdb disassembles: machine StartGdbServer 3333",
    "DumpHistoryBuffer": "sysbus.usart1 CreateFileBackend @file keeps what a port sends",
    "EnableGdbLogging": "gdb logs its packets itself: set debug remote 1",
    "EnableOpcodesCounting": RENODE,
    "EnableProfiler": "sysbus.cpu ExecutedInstructions counts; or " + RENODE,
    "EnableProfilerCollection": RENODE,
    "EnterSingleStepMode": "sysbus.cpu ExecutionMode SingleStep",
    "LoadFdt": "no board here starts from a device tree",
    "LoadUImage": "sysbus LoadELF, LoadHEX and LoadBinary load images",
    "LogTranslatedBlocks": RENODE,
    "LogTranslation": RENODE,
    "LogTranslationBlockFetch": "sysbus.cpu LogFunctionNames logs the functions entered",
    "MaximumBlockSize": "blocks have no size here that could be set; hooks work at any instruction",
    "Resume": "time passes only when it is asked for; sysbus.cpu IsHalted false ends a halt",
    "SetEnvironment": "sensors have their own values: sysbus.i2c2.hts221 Temperature 36.6",
    "SetHookAfterPeripheralWrite": "SetHookBeforePeripheralWrite comes before the store",
    "SetHookBeforePeripheralRead": "SetHookAfterPeripheralRead sees the value that was read",
}

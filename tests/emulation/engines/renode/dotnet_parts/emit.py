"""As much of .NET's reflection as `dotnet.py` shows to IronPython: types made at run time."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

OPCODES = (
    "Ldarg_0",
    "Ldarg_1",
    "Ldarg_S",
    "Ldfld",
    "Ldstr",
    "Ldlen",
    "Ldc_I4_2",
    "Ldc_I4_3",
    "Ldelem_U1",
    "Ldind_U4",
    "Conv_I",
    "Conv_I4",
    "Conv_I8",
    "Add",
    "And",
    "Shr_Un",
    "Brtrue",
    "Brfalse",
    "Bge_Un",
    "Castclass",
    "Callvirt",
    "Newobj",
    "Throw",
    "Ret",
)

UNSIGNED = 1 << 64

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": lambda left, right: left + right,
    "And": lambda left, right: left & right,
    "Shr_Un": lambda left, right: (left % UNSIGNED) >> right,
    "Ldelem_U1": lambda array, index: array[index],
}
UNARY: dict[str, Callable[[Any], Any]] = {
    "Ldlen": len,
    "Ldind_U4": lambda address: ctypes.c_uint32.from_address(address).value,
    "Conv_I": int,
    "Conv_I4": lambda value: value & 0xFFFFFFFF,
    "Conv_I8": int,
    "Castclass": lambda value: value,
}
CONSTANTS = {"Ldc_I4_2": 2, "Ldc_I4_3": 3}


def execute(code: list[Any], this: Any, *arguments: Any) -> Any:
    """What a method of OPCODES returns."""
    stack: list[Any] = []
    position = 0
    while True:
        operation, *operands = code[position]
        position += 1
        jumps = False
        if operation in CONSTANTS:
            stack.append(CONSTANTS[operation])
        elif operation.startswith("Ldarg"):
            number = operands[0] if operands else int(operation[-1])
            stack.append((this, *arguments)[number])
        elif operation == "Ldfld":
            stack.append(getattr(stack.pop(), operands[0]))
        elif operation in UNARY:
            stack.append(UNARY[operation](stack.pop()))
        elif operation in BINARY:
            right = stack.pop()
            stack.append(BINARY[operation](stack.pop(), right))
        elif operation == "Bge_Un":
            right = stack.pop()
            jumps = stack.pop() % UNSIGNED >= right
        elif operation in ("Brtrue", "Brfalse"):
            jumps = bool(stack.pop()) == (operation == "Brtrue")
        elif operation == "Callvirt":
            values = [stack.pop() for _ in arguments][::-1]
            stack.append(getattr(stack.pop(), operands[0].Name)(*values))
        elif operation == "Ret":
            return stack.pop()
        else:
            assert operation == "label", operation
        if jumps:
            position = code.index(("label", operands[0]))


class ClrType:
    """A type as reflection shows it: an interface, and how many arguments its methods have."""

    METHODS: dict[str, dict[str, int]] = {
        "IPeripheral": {"Reset": 0},
        "IGPIOReceiver": {"OnGPIO": 2},
        "INumberedGPIOOutput": {"get_Connections": 0},
        "IKnownSize": {"get_Size": 0},
        "IBytePeripheral": {"ReadByte": 1, "WriteByte": 2},
        "IWordPeripheral": {"ReadWord": 1, "WriteWord": 2},
        "IDoubleWordPeripheral": {"ReadDoubleWord": 1, "WriteDoubleWord": 2},
        "_Interface": {"Dispose": 0},
    }

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClrType) and other.name == self.name

    __hash__ = None  # type: ignore[assignment]

    def GetInterfaces(self) -> list[ClrType]:
        extends = self.name in self.METHODS and self.name not in ("IPeripheral", "_Interface")
        return [ClrType("IPeripheral")] if extends else []

    def GetMethods(self) -> list[Any]:
        return [
            SimpleNamespace(
                Name=name,
                ReturnType=None,
                GetParameters=lambda count=count: [SimpleNamespace(ParameterType=int)] * count,
            )
            for name, count in self.METHODS.get(self.name, {}).items()
        ]

    def GetConstructor(self, types: list[Any]) -> ClrType:
        return self


class TypeBuilder:
    """Makes classes whose objects have the methods defined, and no more, by their adapter."""

    def __init__(self, name: str, attributes: int) -> None:
        self.name = name.rpartition(".")[2]
        self.methods: dict[str, list[Any]] = {}

    def DefineField(self, name: str, kind: Any, attributes: int) -> str:
        return name

    def AddInterfaceImplementation(self, interface: ClrType) -> None: ...

    def DefineMethod(self, name: str, attributes: int, kind: Any, arguments: list[Any]) -> Any:
        code = self.methods[name] = []
        generator = SimpleNamespace(
            Emit=lambda *each: code.append(each),
            DefineLabel=object,
            MarkLabel=lambda label: code.append(("label", label)),
        )
        return SimpleNamespace(
            GetILGenerator=lambda: generator, SetCustomAttribute=lambda attribute: None
        )

    def DefineMethodOverride(self, own: Any, method: Any) -> None: ...

    def CreateType(self) -> type:
        names = {name.removeprefix("get_") for name in self.methods}

        def forward(wrapped: Any, name: str) -> Any:
            if name not in names:
                raise AttributeError(name)
            if name == "ReadDoubleWord":
                return lambda offset: execute(self.methods[name], wrapped, offset)
            return getattr(wrapped.adapter, name)

        made = {"__getattr__": forward, "code": self.methods, "plain": None, "values": 0}
        return type(self.name, (), made)


def flags(*names: str) -> SimpleNamespace:
    """An enumeration of .NET's whose values are bits."""
    return SimpleNamespace(**{name: 1 << bit for bit, name in enumerate(names)})


def _define_assembly(name: str, access: int) -> Any:
    return SimpleNamespace(DefineDynamicModule=lambda name: SimpleNamespace(DefineType=TypeBuilder))


REFLECTION: dict[str, dict[str, Any]] = {
    "System.Reflection": {
        "AssemblyName": str,
        "FieldAttributes": flags("Public"),
        "MethodAttributes": flags("Public", "Virtual", "Final", "HideBySig", "NewSlot"),
        "TypeAttributes": flags("Public", "Class"),
    },
    "System.Reflection.Emit": {
        "AssemblyBuilder": SimpleNamespace(DefineDynamicAssembly=_define_assembly),
        "AssemblyBuilderAccess": flags("Run"),
        "CustomAttributeBuilder": lambda attribute, arguments: attribute,
        "OpCodes": SimpleNamespace(**{name: name for name in OPCODES}),
    },
}

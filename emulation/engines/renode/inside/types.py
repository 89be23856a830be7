# ironpython: executed by Renode
"""Types of .NET for our models, by the names that catalogue and descriptions have for them.

IronPython names the type of a class after its interfaces, and Renode shows that name. So an object
of a type made here is registered; its methods call those of the Python object behind it.
The .NET types in use: System.Reflection.Emit.
"""

import clr
import System
from Antmicro.Renode.Exceptions import RecoverableException
from System.Reflection import AssemblyName, FieldAttributes, MethodAttributes, TypeAttributes
from System.Reflection.Emit import (
    AssemblyBuilder,
    AssemblyBuilderAccess,
    CustomAttributeBuilder,
    OpCodes,
)

from renode_wifi.emulation.engines.renode.inside.assemblies import PreSerializationAttribute

ASSEMBLY = "renode_wifi"
NAMESPACE = "Antmicro.Renode.Peripherals.Wifi."
CANNOT_SAVE = (
    "Renode cannot save models that are written in Python, as those of renode-wifi are. Save and"
    " load the board on the embedded engine: renode-wifi monitor"
)
METHOD = (
    MethodAttributes.Public
    | MethodAttributes.Virtual
    | MethodAttributes.Final
    | MethodAttributes.HideBySig
    | MethodAttributes.NewSlot
)


class Words(object):
    """Words of 32 bits that an access may read past the model which has them.

    values: in memory that does not move while the model lives. plain: those of which a read changes
    nothing; the model may change this.
    """

    def __init__(self, values, plain=()):
        # type: (array[int], typing.Iterable[int]) -> None
        self.address = System.IntPtr(values.buffer_info()[0])
        self.plain = System.Array.CreateInstance(System.Boolean, len(values))
        for word in plain:
            self.plain[word] = True


class Types(object):
    """Those that are made already, in an assembly of their own."""

    def __init__(self):
        # type: () -> None
        self._made = {}  # type: dict[tuple[str, tuple[typing.Any, ...]], typing.Any]
        self._refusal = None  # type: typing.Any
        # Mono has it elsewhere.
        maker = getattr(AssemblyBuilder, "DefineDynamicAssembly", None)
        if maker is None:
            maker = System.AppDomain.CurrentDomain.DefineDynamicAssembly
        assembly = maker(AssemblyName(ASSEMBLY), AssemblyBuilderAccess.Run)
        self._module = assembly.DefineDynamicModule(ASSEMBLY)

    def wrap(self, name, interfaces, adapter, words=None):
        # type: (str, tuple[typing.Any, ...], typing.Any, Words | None) -> typing.Any
        """An object of a type called `name` that has the interfaces, all of them `adapter`'s.

        words: what it reads by itself.
        """
        key = (name, interfaces)
        if key not in self._made:
            self._made[key] = self._make(name, interfaces)
        wrapped = System.Activator.CreateInstance(self._made[key])
        wrapped.adapter = adapter
        if words is not None:
            wrapped.values, wrapped.plain = words.address, words.plain
        return wrapped

    def refusal(self):
        # type: () -> typing.Any
        """An object that Renode cannot save, and says why."""
        if self._refusal is None:
            made = self._module.DefineType(NAMESPACE + "Refusal", TypeAttributes.Public)
            _refuse_to_be_saved(made)
            self._refusal = made.CreateType()
        return System.Activator.CreateInstance(self._refusal)

    def _make(self, name, interfaces):
        # type: (str, tuple[typing.Any, ...]) -> typing.Any
        made = self._module.DefineType(
            NAMESPACE + name, TypeAttributes.Public | TypeAttributes.Class
        )
        adapter = _field(made, "adapter", System.Object)
        values = _field(made, "values", System.IntPtr)
        plain = _field(made, "plain", System.Array[System.Boolean])
        for interface in _with_parents([clr.GetClrType(item) for item in interfaces]):
            made.AddInterfaceImplementation(interface)
            for method in interface.GetMethods():
                code = _define(made, interface, method)
                if method.Name == "ReadDoubleWord":
                    _read_plain(code, values, plain)
                _forward(code, adapter, interface, method)
        _refuse_to_be_saved(made)
        return made.CreateType()


_shared = []  # type: list[Types]


def shared_types():
    # type: () -> Types
    """Those of this Renode."""
    if not _shared:
        _shared.append(Types())
    return _shared[0]


def _with_parents(interfaces):
    # type: (list[typing.Any]) -> list[typing.Any]
    found = []  # type: list[typing.Any]
    while interfaces:
        interface = interfaces.pop(0)
        if interface not in found:
            found.append(interface)
            interfaces.extend(interface.GetInterfaces())
    return found


def _field(made, name, kind):
    # type: (typing.Any, str, typing.Any) -> typing.Any
    return made.DefineField(name, clr.GetClrType(kind), FieldAttributes.Public)


def _define(made, interface, method):
    # type: (typing.Any, typing.Any, typing.Any) -> typing.Any
    """A method of an interface, of which the code is to come."""
    kinds = [parameter.ParameterType for parameter in method.GetParameters()]
    own = made.DefineMethod(method.Name, METHOD, method.ReturnType, _types(kinds))
    made.DefineMethodOverride(own, method)
    return own.GetILGenerator()


def _forward(code, adapter, interface, method):
    # type: (typing.Any, typing.Any, typing.Any, typing.Any) -> None
    """Call that of the adapter."""
    code.Emit(OpCodes.Ldarg_0)
    code.Emit(OpCodes.Ldfld, adapter)
    code.Emit(OpCodes.Castclass, interface)
    for number in range(len(method.GetParameters())):
        code.Emit(OpCodes.Ldarg_S, System.Byte(number + 1))
    code.Emit(OpCodes.Callvirt, method)
    code.Emit(OpCodes.Ret)


def _read_plain(code, values, plain):
    # type: (typing.Any, typing.Any, typing.Any) -> None
    """`if (plain != null && offset % 4 == 0 && offset / 4 < plain.Length && plain[offset / 4])
    return values[offset / 4];`
    """
    other = code.DefineLabel()
    for part in (
        (OpCodes.Ldarg_0,),
        (OpCodes.Ldfld, plain),
        (OpCodes.Brfalse, other),
        (OpCodes.Ldarg_1,),
        (OpCodes.Conv_I4,),
        (OpCodes.Ldc_I4_3,),
        (OpCodes.And,),
        (OpCodes.Brtrue, other),
        (OpCodes.Ldarg_1,),
        (OpCodes.Ldc_I4_2,),
        (OpCodes.Shr_Un,),
        (OpCodes.Ldarg_0,),
        (OpCodes.Ldfld, plain),
        (OpCodes.Ldlen,),
        (OpCodes.Conv_I8,),
        (OpCodes.Bge_Un, other),
        (OpCodes.Ldarg_0,),
        (OpCodes.Ldfld, plain),
        (OpCodes.Ldarg_1,),
        (OpCodes.Ldc_I4_2,),
        (OpCodes.Shr_Un,),
        (OpCodes.Conv_I,),
        (OpCodes.Ldelem_U1,),
        (OpCodes.Brfalse, other),
        (OpCodes.Ldarg_0,),
        (OpCodes.Ldfld, values),
        (OpCodes.Ldarg_1,),
        (OpCodes.Conv_I,),
        (OpCodes.Add,),
        (OpCodes.Ldind_U4,),
        (OpCodes.Ret,),
    ):
        code.Emit(*part)
    code.MarkLabel(other)


def _refuse_to_be_saved(made):
    # type: (typing.Any) -> None
    """Renode's `Save` calls it first, and shows the text."""
    refusal = made.DefineMethod(
        "RefuseToBeSaved", MethodAttributes.Public, clr.GetClrType(System.Void), _types([])
    )
    texts = _types([clr.GetClrType(System.String)])
    code = refusal.GetILGenerator()
    code.Emit(OpCodes.Ldstr, CANNOT_SAVE)
    code.Emit(OpCodes.Newobj, clr.GetClrType(RecoverableException).GetConstructor(texts))
    code.Emit(OpCodes.Throw)
    attribute = clr.GetClrType(PreSerializationAttribute).GetConstructor(_types([]))
    refusal.SetCustomAttribute(CustomAttributeBuilder(attribute, System.Array[System.Object]([])))


def _types(types):
    # type: (list[typing.Any]) -> typing.Any
    return System.Array[System.Type](types)


MYPY = False
if MYPY:
    import typing  # noqa: F401
    from array import array  # noqa: F401

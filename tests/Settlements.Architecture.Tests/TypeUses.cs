using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Settlements.Architecture.Tests;

/// <summary>Finds the types that a type uses in signatures, generic arguments and method bodies, except attributes.</summary>
internal static class TypeUses
{
    public static IEnumerable<TypeReference> Of(TypeDefinition type)
    {
        var direct = Constraints(type)
            .Concat(type.Interfaces.Select(i => i.InterfaceType))
            .Concat(type.Fields.Select(f => f.FieldType))
            .Concat(type.Events.Select(e => e.EventType))
            .Concat(type.Methods.SelectMany(OfMethod));
        if (type.BaseType is not null)
            direct = direct.Prepend(type.BaseType);
        return direct.SelectMany(Parts);
    }

    public static IEnumerable<TypeReference> OfMethod(MethodDefinition method)
    {
        var signature = OfSignature(method).Concat(Constraints(method)).Concat(method.Overrides.SelectMany(OfSignature));
        if (!method.HasBody)
            return signature;
        return signature
            .Concat(method.Body.Variables.Select(v => v.VariableType))
            .Concat(method.Body.ExceptionHandlers.Select(h => h.CatchType).OfType<TypeReference>())
            .Concat(method.Body.Instructions.SelectMany(OfInstruction));
    }

    /// <summary>Returns the named types of a type: List and A for <c>List&lt;A[]&gt;</c>.</summary>
    public static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => generic.GenericArguments.Prepend(generic.ElementType).SelectMany(Parts),
        RequiredModifierType modified => Parts(modified.ModifierType).Concat(Parts(modified.ElementType)),
        OptionalModifierType modified => Parts(modified.ModifierType).Concat(Parts(modified.ElementType)),
        FunctionPointerType pointer => OfSignature(pointer).SelectMany(Parts),
        TypeSpecification specification => Parts(specification.ElementType),
        GenericParameter => [],
        _ => [type],
    };

    private static IEnumerable<TypeReference> OfInstruction(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        MethodReference method => OfSignature(method).Append(method.DeclaringType),
        CallSite site => OfSignature(site),
        _ => [],
    };

    private static IEnumerable<TypeReference> OfSignature(IMethodSignature method)
    {
        var types = method.Parameters.Select(p => p.ParameterType).Append(method.ReturnType);
        return method is GenericInstanceMethod generic ? types.Concat(generic.GenericArguments) : types;
    }

    private static IEnumerable<TypeReference> Constraints(IGenericParameterProvider provider) =>
        provider.GenericParameters.SelectMany(p => p.Constraints).Select(c => c.ConstraintType);
}

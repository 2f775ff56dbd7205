using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Settlements.Architecture.Tests;

/// <summary>
/// Finds formatting by the current culture: of numbers, dates, and records whose generated text contains them. It inspects IL, so that it
/// finds interpolation, concatenation and calls.
/// </summary>
internal sealed class CultureUses
{
    private static readonly HashSet<string> Numbers = new(StringComparer.Ordinal)
    {
        "System.SByte", "System.Int16", "System.Int32", "System.Int64", "System.Int128", "System.Single", "System.Double", "System.Decimal",
        "System.Half",
        "System.Numerics.BigInteger",
    };

    private static readonly HashSet<string> Dates = new(StringComparer.Ordinal)
    {
        "System.DateTime", "System.DateTimeOffset", "System.DateOnly", "System.TimeOnly",
    };

    // Formats that don't depend on the current culture.
    private static readonly HashSet<string> InvariantFormats =
        new(StringComparer.Ordinal) { "O", "o", "R", "r", "s", "u", "X", "x", "X2", "x2", "X4", "X8" };

    private readonly Dictionary<string, bool> _records = new(StringComparer.Ordinal);

    public IEnumerable<string> Of(TypeDefinition type) =>
        from method in type.CustomAttributes.Any(a => a.AttributeType.Name == "GeneratedCodeAttribute") ? [] : type.Methods
        where method.HasBody && !IsGenerated(method)
        from use in InMethod(method)
        select $"{type.FullName}.{method.Name}: {use}";

    private IEnumerable<string> InMethod(MethodDefinition method)
    {
        // Interpolation handlers without a format provider, by their variable; the compiler stores each in one.
        var isInvariant = true;
        foreach (var instruction in method.Body.Instructions)
        {
            if (instruction.Operand is not MethodReference called)
                continue;
            var owner = called.DeclaringType.FullName;
            if (owner == "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler" || owner.EndsWith(
                "/AppendInterpolatedStringHandler", StringComparison.Ordinal))
            {
                if (called.Name == ".ctor")
                    isInvariant = called.Parameters.Any(p => p.ParameterType.FullName == "System.IFormatProvider");
                else if (!isInvariant && called.Name == "AppendFormatted" && called is GenericInstanceMethod formatted
                    && IsSensitive(formatted.GenericArguments[0], FormatOf(instruction, called)))
                    yield return $"interpolates {formatted.GenericArguments[0].FullName}";
                continue;
            }

            if (Call(method, instruction, called) is { } found)
                yield return found;
        }
    }

    private string? Call(MethodDefinition method, Instruction instruction, MethodReference called)
    {
        var owner = called.DeclaringType;
        var hasProvider = called.Parameters.Any(
            p => p.ParameterType.FullName is "System.IFormatProvider" or "System.Globalization.CultureInfo");
        if (called.Name == "ToString" && !hasProvider)
        {
            // For a class the compiler emits Object: the type is that of the value loaded before.
            var type = instruction.Previous is { OpCode.Code: Code.Constrained, Operand: TypeReference constrained } ? constrained
                : owner.FullName == "System.Object" ? Loaded(method, instruction.Previous) ?? owner : owner;
            var format =
                called.Parameters is [{ ParameterType.FullName: "System.String" }] ? instruction.Previous?.Operand as string : null;
            return IsSensitive(type, format) ? $"calls {type.FullName}.ToString" : null;
        }

        if (owner.FullName == "System.String" && called.Name == "Format" && !hasProvider)
            return "calls string.Format";
        if (owner.FullName == "System.Text.StringBuilder" && called.Name is "Append" or "AppendFormat" && !hasProvider
            && (called.Name == "AppendFormat" || (called.Parameters.Count == 1 && IsSensitive(called.Parameters[0].ParameterType, null))))
            return $"calls StringBuilder.{called.Name}({called.Parameters[0].ParameterType.FullName})";
        if (owner.FullName == "System.Convert" && called.Name == "ToString" && !hasProvider && IsSensitive(
            called.Parameters[0].ParameterType, null))
            return "calls Convert.ToString";
        if (called.Name is "Parse" or "TryParse" && !hasProvider && (Numbers.Contains(owner.FullName) || Dates.Contains(owner.FullName)))
            return $"calls {owner.FullName}.{called.Name}";
        if (owner.FullName == "System.String" && called.Name is "Join" or "Concat" && called is GenericInstanceMethod joined
            && IsSensitive(joined.GenericArguments[0], null))
            return $"joins {joined.GenericArguments[0].FullName}";
        return null;
    }

    private static TypeReference? Loaded(MethodDefinition method, Instruction? instruction) => instruction?.Operand switch
    {
        ParameterReference parameter => parameter.ParameterType,
        VariableReference variable => variable.VariableType,
        FieldReference field => field.FieldType,
        MethodReference called => called.ReturnType,
        _ => instruction?.OpCode.Code switch
        {
            >= Code.Ldarg_0 and <= Code.Ldarg_3 and var code when code - Code.Ldarg_0 - (method.HasThis ? 1 : 0) is >= 0 and var index =>
                method.Parameters[index].ParameterType,
            >= Code.Ldloc_0 and <= Code.Ldloc_3 and var code => method.Body.Variables[code - Code.Ldloc_0].VariableType,
            _ => null,
        },
    };

    private static string? FormatOf(Instruction instruction, MethodReference called) =>
        called.Parameters is [_, .., { ParameterType.FullName: "System.String" }] ? instruction.Previous?.Operand as string : null;

    private bool IsSensitive(TypeReference type, string? format)
    {
        if (type is GenericInstanceType { ElementType.FullName: "System.Nullable`1" } nullable)
            return IsSensitive(nullable.GenericArguments[0], format);
        if (Numbers.Contains(type.FullName) || Dates.Contains(type.FullName))
            return format is null || !InvariantFormats.Contains(format);
        return type.FullName.StartsWith(Shipped.Core, StringComparison.Ordinal) && IsSensitiveRecord(type);
    }

    // The generated text of a record formats its members by the current culture.
    private bool IsSensitiveRecord(TypeReference reference)
    {
        if (_records.TryGetValue(reference.FullName, out var known))
            return known;
        _records[reference.FullName] = false;
        if (Resolve(reference) is not { } type || type.IsEnum)
            return false;
        var toText = type.Methods.FirstOrDefault(m => m is { Name: "ToString", Parameters.Count: 0, IsStatic: false });
        if (toText is null || !IsGenerated(toText))
            return false;
        var printed = type.Properties.Where(p => p.GetMethod is { IsPublic: true, IsStatic: false }).Select(p => p.PropertyType)
            .Concat(type.Fields.Where(f => f is { IsPublic: true, IsStatic: false }).Select(f => f.FieldType));
        return _records[reference.FullName] = printed.Any(member => IsSensitive(member, null));
    }

    private static TypeDefinition? Resolve(TypeReference reference)
    {
        try
        {
            return reference.Resolve();
        }
        catch (AssemblyResolutionException)
        {
            return null;
        }
    }

    private static bool IsGenerated(MethodDefinition method) =>
        method.CustomAttributes.Any(a => a.AttributeType.Name == "CompilerGeneratedAttribute");
}

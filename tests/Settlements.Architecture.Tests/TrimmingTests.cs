using System.Diagnostics.CodeAnalysis;
using Mono.Cecil;

namespace Settlements.Architecture.Tests;

/// <summary>
/// Dapper emits code at run time and says nothing to the analysers of a trimmed or natively compiled program, so what leads to it has to: else such
/// a program is published without a warning and fails when it runs.
/// </summary>
public sealed class TrimmingTests
{
    private static readonly string[] Attributes = [nameof(RequiresUnreferencedCodeAttribute), nameof(RequiresDynamicCodeAttribute)];

    [Theory]
    [InlineData("Settlements.Sqlite", 2)]
    [InlineData("Settlements.MySql", 4)]
    public void Each_way_into_a_store_warns_of_trimming_and_native_compilation_and_says_why(string assembly, int least)
    {
        using var module = Shipped.Module(assembly);
        module.AssemblyReferences.Should().Contain(r => r.Name == "Dapper", "else the attributes have lost their reason");

        var entries = module.OwnTypes().Where(t => t.IsPublic).SelectMany(t => t.Methods).Where(m => m.IsPublic && IsEntry(m)).ToList();

        entries.Should().HaveCountGreaterThanOrEqualTo(least);
        foreach (var entry in entries)
        {
            foreach (var name in Attributes)
            {
                entry.CustomAttributes.Where(a => a.AttributeType.Name == name).Should().ContainSingle($"{entry.FullName} leads to Dapper")
                    .Which.ConstructorArguments[0].Value.Should().BeOfType<string>().Which.Should().Contain("Dapper, which");
            }
        }
    }

    /// <summary>What chooses a store, and what works without one.</summary>
    private static bool IsEntry(MethodDefinition method) =>
        (method.IsStatic && method.Parameters.Count > 0 && method.Parameters[0].ParameterType.Name == "SettlementBuilder")
        || (method.IsConstructor && method.DeclaringType.Name == "TableLoader");
}

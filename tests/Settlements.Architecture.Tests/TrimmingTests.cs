using System.Diagnostics.CodeAnalysis;
using Mono.Cecil;

namespace Settlements.Architecture.Tests;

/// <summary>
/// Tests that APIs which use Dapper have trimming attributes. Dapper emits code at run time and has no such attributes, so that a trimmed
/// or natively compiled application would be published without a warning and fail at run time.
/// </summary>
public sealed class TrimmingTests
{
    private static readonly string[] Attributes = [nameof(RequiresUnreferencedCodeAttribute), nameof(RequiresDynamicCodeAttribute)];

    [Theory]
    [InlineData("Settlements.Sqlite", 2)]
    [InlineData("Settlements.MySql", 4)]
    public void Each_entry_point_of_a_store_warns_of_trimming_and_native_compilation_with_the_reason(string assembly, int least)
    {
        using var module = Shipped.Module(assembly);
        module.AssemblyReferences.Should().Contain(r => r.Name == "Dapper", "without Dapper the attributes are unnecessary");

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

    /// <summary>Methods that register a store, and loaders that work without one.</summary>
    private static bool IsEntry(MethodDefinition method) =>
        (method.IsStatic && method.Parameters.Count > 0 && method.Parameters[0].ParameterType.Name == "SettlementBuilder")
        || (method.IsConstructor && method.DeclaringType.Name == "TableLoader");
}

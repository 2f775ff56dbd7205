namespace Settlements.Architecture.Tests;

public sealed class ReferenceTests
{
    // In addition to the base class library: no SQL driver, no Dapper, no hosting package.
    private static readonly string[] CoreMayReference =
    [
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.Options",
    ];

    [Fact]
    public void The_core_references_the_base_class_library_and_abstractions_only()
    {
        References(Shipped.Core).Where(name => !IsBaseClassLibrary(name)).Should().BeSubsetOf(CoreMayReference);
    }

    [Fact]
    public void Sibling_packages_reference_the_core_and_never_each_other()
    {
        foreach (var sibling in Shipped.Siblings)
        {
            References(sibling).Where(name => name.StartsWith("Settlement", StringComparison.Ordinal))
                .Should().Equal([Shipped.Core], $"{sibling} may reference only the core");
        }
    }

    [Theory]
    [InlineData("System.Data.Common", true)]
    [InlineData("System.Data.SqlClient", false)]
    [InlineData("System.Data.SQLite", false)]
    [InlineData("Microsoft.Data.Sqlite", false)]
    [InlineData("MySqlConnector", false)]
    [InlineData("Dapper", false)]
    public void Drivers_are_not_part_of_the_base_class_library(string assembly, bool expected) =>
        IsBaseClassLibrary(assembly).Should().Be(expected);

    private static bool IsBaseClassLibrary(string name) =>
        name == "System.Data.Common"
        || (name.StartsWith("System.", StringComparison.Ordinal) && !name.StartsWith("System.Data.", StringComparison.Ordinal));

    private static List<string> References(string assembly)
    {
        using var module = Shipped.Module(assembly);
        return [.. module.AssemblyReferences.Select(reference => reference.Name)];
    }
}

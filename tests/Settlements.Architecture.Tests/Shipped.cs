using Mono.Cecil;

namespace Settlements.Architecture.Tests;

/// <summary>The compiled packages. Add new packages here.</summary>
internal static class Shipped
{
    public const string Core = "Settlements";

    /// <summary>Stores and adapters: they may use the core, and not each other.</summary>
    public static readonly string[] Siblings =
    [
        "Settlements.AspNetCore", "Settlements.ClickHouse", "Settlements.DuckDb", "Settlements.MySql", "Settlements.Sqlite",
        "Settlements.Testing",
    ];

    public static IEnumerable<string> All => Siblings.Prepend(Core);

    public static IEnumerable<TheoryDataRow<string>> Names => All.Select(name => new TheoryDataRow<string>(name));

    public static ModuleDefinition Module(string assembly) =>
        ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));

    /// <summary>Returns the types of the assembly, including nested ones, without those the compiler adds to other namespaces.</summary>
    public static IEnumerable<TypeDefinition> OwnTypes(this ModuleDefinition module) =>
        module.GetTypes().Where(type => type.OutermostType().Namespace.StartsWith(Core, StringComparison.Ordinal));

    public static TypeReference OutermostType(this TypeReference type) =>
        type.DeclaringType is { } outer ? outer.OutermostType() : type;
}

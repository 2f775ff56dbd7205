using Mono.Cecil;

namespace Settlements.Architecture.Tests;

/// <summary>What is shipped, as compiled. A new package joins here.</summary>
internal static class Shipped
{
    public const string Core = "Settlements";

    /// <summary>The stores and adapters: each may use the core, none may use another.</summary>
    public static readonly string[] Siblings = ["Settlements.AspNetCore", "Settlements.MySql", "Settlements.Sqlite", "Settlements.Testing"];

    public static IEnumerable<string> All => Siblings.Prepend(Core);

    public static IEnumerable<TheoryDataRow<string>> Names => All.Select(name => new TheoryDataRow<string>(name));

    public static ModuleDefinition Module(string assembly) =>
        ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));

    /// <summary>The assembly's own types, nested ones too, without what the compiler adds to other namespaces.</summary>
    public static IEnumerable<TypeDefinition> OwnTypes(this ModuleDefinition module) =>
        module.GetTypes().Where(type => type.OutermostType().Namespace.StartsWith(Core, StringComparison.Ordinal));

    public static TypeReference OutermostType(this TypeReference type) =>
        type.DeclaringType is { } outer ? outer.OutermostType() : type;
}

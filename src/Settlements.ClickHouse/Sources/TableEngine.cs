using System.Text.RegularExpressions;

namespace Settlements.ClickHouse;

/// <summary>A table and its engine, as the catalogue describes them.</summary>
/// <param name="Database">The database.</param>
/// <param name="Name">The table.</param>
/// <param name="Engine">The engine.</param>
/// <param name="EngineFull">The engine with its parameters.</param>
internal sealed partial record TableEngine(string Database, string Name, string Engine, string EngineFull)
{
    /// <summary>The cluster, database and table that a Distributed table reads; null for other engines.</summary>
    public (string Cluster, string Database, string Table)? Distributed
    {
        get
        {
            if (Engine != "Distributed" || DistributedPattern().Match(EngineFull) is not { Success: true } match)
                return null;
            var database = match.Groups[2].Value;
            return (match.Groups[1].Value, database is "" or "currentDatabase()" ? Database : database, match.Groups[3].Value);
        }
    }

    /// <summary>
    /// Returns whether an engine merges rows of the same sorting key into one, at any time: until then each of them is shown, and counts.
    /// </summary>
    public static bool ShowsUnmergedRows(string engine) => engine.EndsWith("MergeTree", StringComparison.Ordinal)
        && engine.Replace("Replicated", "", StringComparison.Ordinal).Replace("Shared", "", StringComparison.Ordinal) != "MergeTree";

    /// <summary>Old servers show the parameters without quotes.</summary>
    [GeneratedRegex(@"^Distributed\('?([^',]+?)'?, '?([^',]*?)'?, '?([^',)]+?)'?(?:,|\))", RegexOptions.CultureInvariant)]
    private static partial Regex DistributedPattern();
}

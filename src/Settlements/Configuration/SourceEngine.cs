namespace Settlements;

/// <summary>
/// An engine, other than the store, that the sources of a settlement file may be read from. Each of the packages Settlements.MySql,
/// Settlements.ClickHouse and Settlements.DuckDb has one; a program passes those that it supports to
/// <see cref="SettlementFile.Read(string, SourceEngine[])"/>. Immutable and thread-safe.
/// </summary>
public abstract class SourceEngine
{
    /// <summary>The engines: the property of a source that selects each, the expression that creates it, and its package.</summary>
    internal static readonly IReadOnlyList<(string Property, string Expression, string Package)> Known =
    [
        ("mySqlServers", "new MySqlEngine()", "Settlements.MySql"),
        ("clickHouse", "new ClickHouseEngine()", "Settlements.ClickHouse"),
        ("files", "new DuckDbEngine()", "Settlements.DuckDb"),
    ];

    internal SourceEngine(string property) => Property = property;

    /// <summary>Gets the property of a source that selects the engine and has its options.</summary>
    internal string Property { get; }

    /// <summary>Reads the options. Limits are not checked here: they are validated with the source.</summary>
    /// <param name="value">The value of the property.</param>
    /// <returns>An action that adds the engine to a source; null when the value has errors, which are added to those of the file.</returns>
    internal abstract Action<UsageTableBuilder>? Read(FileValue value);
}

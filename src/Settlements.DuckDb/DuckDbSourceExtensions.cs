using Settlements.DuckDb;

namespace Settlements;

/// <summary>Configures files, or a DuckDB database, as a usage source.</summary>
/// <example>
/// <code>
/// services.AddSettlement(settlement =&gt; settlement.Source("plays", plays =&gt; plays
///     .OnDuckDb(files =&gt; files.Parquet("/data/plays/**/*.parquet"))
///     .OccurredAt("at").Item("video_id").Payee("owner_id").Counts("video.view")));
/// </code>
/// </example>
public static class DuckDbSourceExtensions
{
    /// <summary>
    /// Reads the source from files, or from a table of a DuckDB database, with an embedded DuckDB that runs in the process. Nothing is
    /// written, no extension is installed or loaded, and no other files than the configured ones are read.
    /// </summary>
    /// <param name="source">The source. <c>Table(name)</c> names a table of a database; for files it is only needed for joins.</param>
    /// <param name="files">Sets the files.</param>
    /// <param name="configure">Sets limits of memory and threads; null for the defaults.</param>
    /// <returns>The source.</returns>
    public static UsageTableBuilder OnDuckDb(
        this UsageTableBuilder source, Action<DuckDbFilesBuilder> files, Action<DuckDbOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(files);
        var builder = new DuckDbFilesBuilder();
        files(builder);
        var options = new DuckDbOptions();
        configure?.Invoke(options);
        return source.ReadWith(new DuckDbTableReader(builder.Build(), options));
    }
}

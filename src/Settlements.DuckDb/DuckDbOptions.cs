using System.Globalization;

namespace Settlements.DuckDb;

/// <summary>Options of a source that DuckDB reads. A source runs one query at a time, which uses all of its threads.</summary>
public sealed class DuckDbOptions
{
    /// <summary>
    /// Gets or sets the memory that DuckDB may use for the source, in MiB. From 64 to 1,048,576; default 512. A query that needs more
    /// fails, unless <see cref="TempFolder"/> is set.
    /// </summary>
    public int MemoryLimitMiB { get; set; } = 512;

    /// <summary>
    /// Gets or sets the number of threads of a query. From 1 to 256; default: the number of processors, at most 256. Each thread needs
    /// memory for its part of the groups.
    /// </summary>
    public int Threads { get; set; } = Math.Min(Environment.ProcessorCount, 256);

    /// <summary>
    /// Gets or sets the folder to which a query may write what exceeds <see cref="MemoryLimitMiB"/>; null to fail instead. The files are
    /// deleted after the query.
    /// </summary>
    public string? TempFolder { get; set; }

    /// <summary>
    /// Gets or sets the number of rows from which a business day is divided into ranges of instants, each with a checkpoint of its own.
    /// From 1 to 1,000,000,000; default 100,000,000. Each slice repeats the items, so fewer are faster. A larger
    /// <see cref="SettlementOptions.ChunkRowsMax"/> takes precedence.
    /// </summary>
    public long SliceRowsMax { get; set; } = 100_000_000;

    /// <summary>
    /// Gets or sets the number of parts into which the items of each slice are divided, by a hash. From 1 to 1,024; default 1. Each part
    /// reads the files again, and needs only its share of the memory for groups.
    /// </summary>
    public int ItemParts { get; set; } = 1;

    internal IEnumerable<string> Validate()
    {
        if (MemoryLimitMiB is < 64 or > 1_048_576)
            yield return Text($"MemoryLimitMiB is {MemoryLimitMiB}; use 64 to 1048576.");
        if (Threads is < 1 or > 256)
            yield return Text($"Threads is {Threads}; use 1 to 256.");
        if (TempFolder is not null && string.IsNullOrWhiteSpace(TempFolder))
            yield return "TempFolder is blank; set a folder, or null to write none.";
        if (SliceRowsMax is < 1 or > 1_000_000_000)
            yield return Text($"SliceRowsMax is {SliceRowsMax}; use 1 to 1000000000.");
        if (ItemParts is < 1 or > 1024)
            yield return Text($"ItemParts is {ItemParts}; use 1 to 1024.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

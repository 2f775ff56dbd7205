using Settlements.Stores;

namespace Settlements.DuckDb;

/// <summary>A slice of a source: a half-open range of instants, and of its items those of one part by a hash.</summary>
/// <param name="From">The first instant, included.</param>
/// <param name="End">The end, excluded.</param>
/// <param name="Part">The part, from 0.</param>
/// <param name="Parts">The number of parts; 1 for all items.</param>
internal sealed record DuckDbSlice(DateTimeOffset From, DateTimeOffset End, long Part = 0, long Parts = 1)
{
    /// <summary>The hash of items may change with DuckDB, so a slice names the version by which it was planned.</summary>
    private static string HashVersion => DuckDB.NET.Native.NativeMethods.Startup.DuckDBLibraryVersion();

    /// <summary>Parses a slice that this or an earlier process planned.</summary>
    /// <exception cref="UsageSourceException">The slice was planned with another hash.</exception>
    public static DuckDbSlice Parse(SourceSlice slice, SourceErrors errors)
    {
        var (from, end) = ((DateTimeOffset)slice.From![0].Value, (DateTimeOffset)slice.To![0].Value);
        if (slice.From.Count == 1)
            return new DuckDbSlice(from, end);
        if ((string)slice.From[1].Value is var version && version != HashVersion)
        {
            throw errors.Of($"the slice {slice} was planned with the hash of DuckDB {version}, and this is {HashVersion}. Abandon the "
                + $"run and "
                + "close the day again.");
        }

        return new DuckDbSlice(from, end, (long)slice.From[2].Value, (long)slice.From[3].Value);
    }

    public SourceSlice ToSlice() => Parts == 1
        ? new SourceSlice([SliceValue.Of(From)], [SliceValue.Of(End)])
        : new SourceSlice(
            [SliceValue.Of(From), SliceValue.Of(HashVersion), SliceValue.Of(Part), SliceValue.Of(Parts)], [SliceValue.Of(End)]);
}

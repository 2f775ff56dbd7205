using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>
/// Divides the rows of a large day into slices of about the same size, by samples of their instants: counting them would read the table
/// once more. The slices contain all rows, however wrong the samples are; only their sizes are estimated.
/// </summary>
internal static class SampledSlices
{
    /// <summary>The number of equal intervals of time, at the start of each of which rows are read.</summary>
    private const int Intervals = 256;

    /// <summary>The number of rows of a sample: the estimated rows of an interval have a standard error of an eighth.</summary>
    private const int SampleRows = 64;

    /// <summary>The share of the limit that a slice is planned for, since its size is an estimate.</summary>
    private const double Margin = 0.9;

    /// <summary>Returns slices; null when many rows have the same instant, so that samples say little.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="rows">The rows, whose key begins with an instant.</param>
    /// <param name="end">The end of the day, as a value of the first key column, excluded.</param>
    /// <param name="rowsMax">The approximate number of rows of the largest slice.</param>
    /// <param name="multipleOf">The number of slices is a multiple of this.</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    public static List<SourceSlice>? Cut(
        SqliteConnection connection, EventRows rows, long end, int rowsMax, int multipleOf, CancellationToken cancellationToken)
    {
        var instants = Edges(connection, rows);
        var width = (instants.Last - instants.First + 1) / Intervals;
        if (width < SampleRows)
            return null;
        var estimates = new double[Intervals];
        using var sample = new SqliteStatement(
            connection, FormattableString.Invariant(
                $"SELECT {rows.Key[0]} FROM {rows.From} WHERE {rows.Key[0]} >= ? AND {rows.Key[0]} < ? ORDER BY 1 LIMIT {SampleRows}"));
        for (var i = 0; i < Intervals; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Density(sample, instants.First + i * width, end) is not { } density)
                return null;
            estimates[i] = density * width;
        }

        var total = estimates.Sum();
        var count = (int)Math.Ceiling(total / (rowsMax * Margin) / multipleOf) * multipleOf;
        return Slices(rows, [.. Cuts(estimates, total, count)
            .Select(at => FirstKey(connection, rows, instants.First + (long)(at * width), end)).OfType<SliceValue[]>()]);
    }

    private static (long First, long Last) Edges(SqliteConnection connection, EventRows rows)
    {
        return (Edge("ASC"), Edge("DESC"));

        long Edge(string order)
        {
            using var edge = rows.Select(connection, rows.Key[0], rows.All, $"ORDER BY {rows.Key[0]} {order} LIMIT 1");
            edge.Step();
            return edge.Int64(0);
        }
    }

    /// <summary>
    /// Returns the number of rows in a unit of time after an instant; null if all rows of the sample have the same instant.
    /// </summary>
    private static double? Density(SqliteStatement sample, long from, long end)
    {
        sample.Reset();
        sample.Bind(1, from).Bind(2, end);
        var (read, first, last) = (0, 0L, 0L);
        while (sample.Step())
        {
            last = sample.Int64(0);
            first = read++ == 0 ? last : first;
        }

        return read < SampleRows ? read / (double)(end - from) : first == last ? null : read / (double)(last - from + 1);
    }

    /// <summary>Returns the positions that divide the rows into equal parts, as numbers of intervals.</summary>
    private static IEnumerable<double> Cuts(double[] estimates, double total, int count)
    {
        var (interval, before) = (0, 0d);
        for (var cut = 1; cut < count; cut++)
        {
            var target = total * cut / count;
            while (interval < estimates.Length - 1 && before + estimates[interval] < target)
                before += estimates[interval++];
            yield return interval + Math.Clamp((target - before) / estimates[interval], 0, 1);
        }
    }

    private static SliceValue[]? FirstKey(SqliteConnection connection, EventRows rows, long from, long end)
    {
        var key = string.Join(", ", rows.Key);
        using var first = new SqliteStatement(
            connection, $"SELECT {key} FROM {rows.From} WHERE {rows.Key[0]} >= ? AND {rows.Key[0]} < ? ORDER BY {key} LIMIT 1");
        first.Bind(1, from).Bind(2, end);
        return first.Step() ? SliceCondition.Read(first, rows.Key) : null;
    }

    private static List<SourceSlice> Slices(EventRows rows, List<SliceValue[]> cuts)
    {
        var slices = new List<SourceSlice>();
        var from = (SliceValue[]?)null;
        foreach (var cut in cuts)
        {
            if (from is not null && cut.AsSpan().SequenceEqual(from))
                continue;
            slices.Add(new SourceSlice(from, cut, rows.IsLate));
            from = cut;
        }

        slices.Add(new SourceSlice(from, null, rows.IsLate));
        return slices;
    }
}

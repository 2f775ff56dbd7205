using MySqlConnector;
using Settlement.BillableEvents;
using Settlement.Calendars;
using Settlement.Pipelines;

namespace Settlement.MySql.Sums;

/// <summary>
/// Cuts the rows that a day counts into chunks by the clustering key. Where the key's first column is an instant, a number or a UUID, its range
/// is halved until the server estimates few enough rows, which reads none; so a chunk has about as many rows as it may. Few rows, and keys that
/// begin with a text, are cut exactly, by hops along the key that pass over each row once.
/// </summary>
internal static class EventPlanner
{
    /// <summary>Up to so many rows hops are as quick, and exact.</summary>
    private const long HopRowsMax = 20_000;

    /// <summary>The most chunks that halving makes of a day; those then have more rows.</summary>
    private const int PiecesMax = 4_096;

    public static async Task<IReadOnlyList<PlannedChunk>> PlanAsync(
        MySqlConnection connection, EventSource? source, DateOnly day, UtcRange range, int chunkRowsMax, CancellationToken cancellationToken)
    {
        if (source is null)
            return await CutAsync(connection, null, [EventRows.OnTime(range), EventRows.Late(day)], chunkRowsMax, cancellationToken).ConfigureAwait(false);
        var table = await SourceTable.FindAsync(connection, source, cancellationToken).ConfigureAwait(false);
        var rows = EventRows.Of(table, range);
        try
        {
            return await CutAsync(connection, source, [rows], chunkRowsMax, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidCastException or FormatException)
        {
            // The driver has no value for a date of a key.
            if (await BadRow.FindKeyAsync(connection, table, rows, cancellationToken).ConfigureAwait(false) is { } named)
                throw named;
            throw;
        }
    }

    private static async Task<IReadOnlyList<PlannedChunk>> CutAsync(
        MySqlConnection connection, EventSource? source, IReadOnlyList<EventRows> tables, int chunkRowsMax, CancellationToken cancellationToken)
    {
        var chunks = new List<PlannedChunk>();
        foreach (var rows in tables)
        {
            var whole = KeyRange.All with { Late = rows.IsLate };
            var estimate = await rows.EstimateAsync(connection, whole, cancellationToken).ConfigureAwait(false);
            var space = estimate <= HopRowsMax ? null : await FindSpaceAsync(connection, rows, cancellationToken).ConfigureAwait(false);
            chunks.AddRange(space is null
                ? await HopAsync(connection, rows, chunkRowsMax, source, cancellationToken).ConfigureAwait(false)
                : await HalveAsync(connection, rows, space, estimate, chunkRowsMax, cancellationToken).ConfigureAwait(false));
        }

        return chunks;
    }

    private static async Task<KeySpace?> FindSpaceAsync(MySqlConnection connection, EventRows rows, CancellationToken cancellationToken)
    {
        if (rows.Instants is { } instants)
            return KeySpace.OfInstants(instants);
        if (rows.Leading is ColumnKind.Text or ColumnKind.Bytes or ColumnKind.Other)
            return null;
        return await rows.EdgesAsync(connection, cancellationToken).ConfigureAwait(false) is var (least, greatest)
            ? KeySpace.Between(rows.Leading, least, greatest)
            : null;
    }

    /// <summary>Halves until each piece is estimated to be small enough. The outer ends are unbounded: the day's condition bounds them.</summary>
    private static async Task<List<PlannedChunk>> HalveAsync(
        MySqlConnection connection, EventRows rows, KeySpace space, long estimate, int chunkRowsMax, CancellationToken cancellationToken)
    {
        var chunks = new List<PlannedChunk>();
        var open = new Stack<(Int128 First, Int128 End, long Rows)>([(space.First, space.End, estimate)]);
        while (open.TryPop(out var piece))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var middle = piece.First + (piece.End - piece.First) / 2;
            if (piece.Rows <= chunkRowsMax || middle == piece.First || chunks.Count + open.Count >= PiecesMax)
            {
                chunks.Add(new PlannedChunk(Keys(piece.First, piece.End).ToString()));
                continue;
            }

            // The lower half is done first: chunks come in the order of the key.
            foreach (var (first, end) in ((Int128, Int128)[])[(middle, piece.End), (piece.First, middle)])
                open.Push((first, end, await rows.EstimateAsync(connection, Keys(first, end), cancellationToken).ConfigureAwait(false)));
        }

        return chunks;

        KeyRange Keys(Int128 first, Int128 end) =>
            new(first == space.First ? null : [space.Value(first)], end == space.End ? null : [space.Value(end)], rows.IsLate);
    }

    private static async Task<List<PlannedChunk>> HopAsync(
        MySqlConnection connection, EventRows rows, int chunkRowsMax, EventSource? source, CancellationToken cancellationToken)
    {
        var chunks = new List<PlannedChunk>();
        var from = await SourceErrors.ReadAsync(source, () => rows.HopAsync(connection, KeyRange.All, 0, cancellationToken)).ConfigureAwait(false);
        while (from is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var to = await rows.HopAsync(connection, new KeyRange(from, null), chunkRowsMax, cancellationToken).ConfigureAwait(false);
            if (to is not null && to.AsSpan().SequenceEqual(from))
            {
                throw new EventSourceException(
                    $"Source '{source?.Name}': more rows of table {source?.Table} than a chunk may hold have the same key {string.Join(", ", rows.Key)} = "
                    + $"{string.Join(", ", from.Select(value => value[1..]))}. Give columns that are unique together: Key(…).");
            }


            // The first has no lower end: a row below that is committed only now belongs to it.
            chunks.Add(new PlannedChunk(new KeyRange(chunks.Count == 0 ? null : from, to, rows.IsLate).ToString()));
            from = to;
        }

        return chunks;
    }
}

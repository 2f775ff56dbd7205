using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Cuts the rows that a day counts into slices by the clustering key. Where the key's first column is an instant, a number or a UUID, its
/// range is halved until the server estimates few enough rows, which reads none; so a slice has about as many rows as it may. Few rows,
/// and keys that begin with a text, are cut exactly, by hops along the key that pass over each row once.
/// </summary>
internal static class SlicePlanner
{
    /// <summary>Up to so many rows hops are as quick, and exact.</summary>
    private const long HopRowsMax = 20_000;

    /// <summary>The most slices that halving makes of a day; those then have more rows.</summary>
    private const int PiecesMax = 4_096;

    public static async Task<IReadOnlyList<SourceSlice>> CutAsync(
        MySqlConnection connection, EventRows rows, int rowsMax, CancellationToken cancellationToken)
    {
        var estimate = await rows.EstimateAsync(connection, rows.All, cancellationToken).ConfigureAwait(false);
        var space = estimate <= HopRowsMax ? null : await FindSpaceAsync(connection, rows, cancellationToken).ConfigureAwait(false);
        return space is null
            ? await HopAsync(connection, rows, rowsMax, cancellationToken).ConfigureAwait(false)
            : await HalveAsync(connection, rows, space, estimate, rowsMax, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<KeySpace?> FindSpaceAsync(MySqlConnection connection, EventRows rows, CancellationToken cancellationToken)
    {
        if (rows.Instants is { } instants)
            return KeySpace.OfInstants(instants);
        if (rows.Leading is SourceColumnKind.Text or SourceColumnKind.Bytes or SourceColumnKind.Other)
            return null;
        return await rows.EdgesAsync(connection, cancellationToken).ConfigureAwait(false) is var (least, greatest)
            ? KeySpace.Between(rows.Leading, least, greatest)
            : null;
    }

    /// <summary>
    /// Halves until each piece is estimated to be small enough. The outer ends are unbounded: the day's condition bounds them.
    /// </summary>
    private static async Task<List<SourceSlice>> HalveAsync(
        MySqlConnection connection, EventRows rows, KeySpace space, long estimate, int rowsMax, CancellationToken cancellationToken)
    {
        var slices = new List<SourceSlice>();
        var open = new Stack<(Int128 First, Int128 End, long Rows)>([(space.First, space.End, estimate)]);
        while (open.TryPop(out var piece))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var middle = piece.First + (piece.End - piece.First) / 2;
            if (piece.Rows <= rowsMax || middle == piece.First || slices.Count + open.Count >= PiecesMax)
            {
                slices.Add(Between(piece.First, piece.End));
                continue;
            }

            // The lower half is done first: slices come in the order of the key.
            foreach (var (first, end) in ((Int128, Int128)[])[(middle, piece.End), (piece.First, middle)])
                open.Push((first, end, await rows.EstimateAsync(connection, Between(first, end), cancellationToken).ConfigureAwait(false)));
        }

        return slices;

        SourceSlice Between(Int128 first, Int128 end) =>
            new(first == space.First ? null : [space.Value(first)], end == space.End ? null : [space.Value(end)], rows.IsLate);
    }

    private static async Task<List<SourceSlice>> HopAsync(
        MySqlConnection connection, EventRows rows, int rowsMax, CancellationToken cancellationToken)
    {
        var slices = new List<SourceSlice>();
        var from = await rows.HopAsync(connection, rows.All, 0, cancellationToken).ConfigureAwait(false);
        while (from is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var to = await rows.HopAsync(connection, new SourceSlice(from, null), rowsMax, cancellationToken).ConfigureAwait(false);
            if (to is not null && to.AsSpan().SequenceEqual(from))
                throw rows.NotUnique(from);

            // The first has no lower end: a row below that is committed only now belongs to it.
            slices.Add(new SourceSlice(slices.Count == 0 ? null : from, to, rows.IsLate));
            from = to;
        }

        return slices;
    }
}

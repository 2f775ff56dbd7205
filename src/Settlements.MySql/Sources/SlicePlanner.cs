using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Divides the rows that a day counts into slices by the clustering key. If the key's first column is an instant, a number or a UUID, its
/// range is halved until the server's estimate of the rows, which reads none, is small enough; the slices are approximate. Few rows, and
/// keys that start with a text, are divided exactly, by steps along the key that read each row's key once.
/// </summary>
internal static class SlicePlanner
{
    /// <summary>The number of rows up to which stepping is as fast as halving, and exact.</summary>
    private const long StepRowsMax = 20_000;

    /// <summary>The maximum number of slices by halving; beyond it slices have more rows.</summary>
    private const int PiecesMax = 4_096;

    public static async Task<IReadOnlyList<SourceSlice>> CutAsync(
        MySqlConnection connection, EventRows rows, int rowsMax, CancellationToken cancellationToken)
    {
        if (rows.Buckets is { } buckets)
            return await buckets.CutAsync(connection, rows, rowsMax, cancellationToken).ConfigureAwait(false);
        var estimate = await rows.EstimateAsync(connection, rows.All, cancellationToken).ConfigureAwait(false);
        var space = estimate <= StepRowsMax ? null : await FindSpaceAsync(connection, rows, cancellationToken).ConfigureAwait(false);
        return space is null
            ? await StepAsync(connection, rows, rowsMax, cancellationToken).ConfigureAwait(false)
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
    /// Halves the range until each piece is estimated to be small enough. The outer ends are unbounded: the day's condition limits them.
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

            // The lower half is processed first, so that slices are in the order of the key.
            foreach (var (first, end) in ((Int128, Int128)[])[(middle, piece.End), (piece.First, middle)])
                open.Push((first, end, await rows.EstimateAsync(connection, Between(first, end), cancellationToken).ConfigureAwait(false)));
        }

        return slices;

        SourceSlice Between(Int128 first, Int128 end) =>
            new(first == space.First ? null : [space.Value(first)], end == space.End ? null : [space.Value(end)], rows.IsLate);
    }

    private static async Task<List<SourceSlice>> StepAsync(
        MySqlConnection connection, EventRows rows, int rowsMax, CancellationToken cancellationToken)
    {
        var slices = new List<SourceSlice>();
        var from = await rows.FindKeyAsync(connection, rows.All, 0, cancellationToken).ConfigureAwait(false);
        while (from is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var to = await rows.FindKeyAsync(connection, new SourceSlice(from, null), rowsMax, cancellationToken).ConfigureAwait(false);
            if (to is not null && to.AsSpan().SequenceEqual(from))
                throw rows.NotUnique(from);

            // The first slice has no lower bound, so that it includes rows below that are committed only now.
            slices.Add(new SourceSlice(slices.Count == 0 ? null : from, to, rows.IsLate));
            from = to;
        }

        return slices;
    }
}

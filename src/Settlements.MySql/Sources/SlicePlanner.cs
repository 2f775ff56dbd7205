using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Divides the rows that a day counts into slices by the clustering key. If the key's first column is an instant, a number or a UUID, its
/// range is halved until the server's estimate of the rows, which reads none, is small enough; the pieces are combined into slices of
/// similar size, which are approximate. Few rows, and keys that start with a text, are divided exactly, by steps along the key that read
/// each row's key once.
/// </summary>
/// <remarks>
/// InnoDB estimates at most half of the table's rows for any range, so that only the sum of small pieces shows the size of a day.
/// </remarks>
internal static class SlicePlanner
{
    /// <summary>The number of rows up to which stepping is as fast as halving, and exact.</summary>
    private const long StepRowsMax = 20_000;

    /// <summary>
    /// The number of slices of a large day is a multiple of this: the default number of a pipeline's workers, and small enough to keep
    /// partial sums few.
    /// </summary>
    private const int Workers = 2;

    /// <summary>The number of rows from which a day is large: summing fewer takes less time than a further slice costs.</summary>
    private const int LargeDayRows = 125_000;

    /// <summary>The number of pieces into which a range is halved at least, so that they combine into slices of similar size.</summary>
    private const int PiecesMin = 16;

    /// <summary>The number of pieces of a slice at least, for the same reason.</summary>
    private const int PiecesPerSlice = 4;

    /// <summary>The maximum number of pieces; beyond it they have more rows.</summary>
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

    private static async Task<List<SourceSlice>> HalveAsync(
        MySqlConnection connection, EventRows rows, KeySpace space, long estimate, int rowsMax, CancellationToken cancellationToken)
    {
        if (2 * estimate <= Math.Min(rowsMax, LargeDayRows))
            return [rows.All];
        var pieceRowsMax = Math.Max(1, Math.Min(rowsMax / PiecesPerSlice, Math.Max(LargeDayRows, estimate) / PiecesMin));
        var pieces = new List<Piece>();
        var open = new Stack<Piece>([new Piece(space.First, space.End, estimate)]);
        while (open.TryPop(out var piece))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var middle = piece.First + (piece.End - piece.First) / 2;
            if (piece.Rows <= pieceRowsMax || middle == piece.First || pieces.Count + open.Count >= PiecesMax)
            {
                pieces.Add(piece);
                continue;
            }

            // The lower half is processed first, so that pieces are in the order of the key.
            foreach (var (first, end) in ((Int128, Int128)[])[(middle, piece.End), (piece.First, middle)])
            {
                var half = await rows.EstimateAsync(connection, Slice(rows, space, first, end), cancellationToken).ConfigureAwait(false);
                open.Push(new Piece(first, end, half));
            }
        }

        return [.. Combine(pieces, rowsMax).Select(part => Slice(rows, space, part.First, part.End))];
    }

    /// <summary>The outer ends are unbounded: the day's condition limits them.</summary>
    private static SourceSlice Slice(EventRows rows, KeySpace space, Int128 first, Int128 end) =>
        new(first == space.First ? null : [space.Value(first)], end == space.End ? null : [space.Value(end)], rows.IsLate);

    /// <summary>
    /// Combines consecutive pieces into slices: as few as the largest slice allows, and for a large day a multiple of
    /// <see cref="Workers"/>, so that all workers finish at about the same time.
    /// </summary>
    internal static IReadOnlyList<Piece> Combine(IReadOnlyList<Piece> pieces, int rowsMax)
    {
        var total = Math.Max(1, pieces.Sum(p => p.Rows));
        var count = Divide(total, rowsMax);
        if (total > LargeDayRows)
            count = Divide(count, Workers) * Workers;
        var slices = new List<Piece>();
        var (before, last) = (0L, -1L);
        foreach (var piece in pieces)
        {
            // A piece belongs to the slice in whose share of the rows its middle is.
            var slice = Math.Min(count - 1, (long)((before + piece.Rows / 2) * (Int128)count / total));
            if (slice == last || slices is [.., { Rows: 0 }])
                slices[^1] = new Piece(slices[^1].First, piece.End, slices[^1].Rows + piece.Rows);
            else
                slices.Add(piece);
            (before, last) = (before + piece.Rows, slice);
        }

        return slices;
    }

    private static long Divide(long value, long by) => (value + by - 1) / by;

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

    /// <summary>A range of the positions of a key.</summary>
    /// <param name="First">The first position.</param>
    /// <param name="End">The end, excluded.</param>
    /// <param name="Rows">The estimated number of rows.</param>
    internal readonly record struct Piece(Int128 First, Int128 End, long Rows);
}

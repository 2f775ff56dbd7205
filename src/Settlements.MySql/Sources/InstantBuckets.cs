using System.Globalization;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Divides the rows of a day by instants, from the number of rows in parts of the day: for tables without a key, views and engines whose
/// EXPLAIN has no estimate.
/// </summary>
/// <param name="First">The first position of the day, in the unit of the column.</param>
/// <param name="End">The end of the day, excluded.</param>
/// <param name="Expression">The SQL of a row's distance from a position, as the parameter <c>@from</c>.</param>
/// <param name="Parameter">Converts a position to a parameter.</param>
/// <param name="Value">Converts a position to a bound of a slice.</param>
internal sealed record InstantBuckets(
    long First, long End, string Expression, Func<long, object> Parameter, Func<long, SliceValue> Value)
{
    /// <summary>The number of parts of a range: the hours of a day.</summary>
    private const int Parts = 24;

    public static InstantBuckets Of(InstantFormat format, string column, UtcRange range) => format == InstantFormat.Text
        ? new InstantBuckets(
            UnixMicroseconds.From(range.Start), UnixMicroseconds.From(range.End), $"timestampdiff(MICROSECOND, @from, {column})",
            static at => Sql.Instant(UnixMicroseconds.ToInstant(at)), static at => SliceValue.Of(UnixMicroseconds.ToInstant(at)))
        : new InstantBuckets(
            InstantNumbers.From(format, range.Start), InstantNumbers.From(format, range.End), $"({column} - @from)", static at => at,
            static at => SliceValue.Of(at));

    /// <summary>Cuts the day into slices of at most a number of rows; more only when they have the same instant.</summary>
    public async Task<IReadOnlyList<SourceSlice>> CutAsync(
        MySqlConnection connection, EventRows rows, int rowsMax, CancellationToken cancellationToken)
    {
        var parts = new List<(long From, long Rows)>();
        await CountAsync(connection, rows, First, End, rowsMax, parts, cancellationToken).ConfigureAwait(false);
        var slices = new List<SourceSlice>();
        for (int first = 0, end; first < parts.Count; first = end)
        {
            var total = parts[first].Rows;
            for (end = first + 1; end < parts.Count && total + parts[end].Rows <= rowsMax; end++)
                total += parts[end].Rows;

            // The outer ends are unbounded, so that rows that are committed only now are included.
            slices.Add(new SourceSlice(
                first == 0 ? null : [Value(parts[first].From)], end == parts.Count ? null : [Value(parts[end].From)]));
        }

        return slices;
    }

    private async Task CountAsync(
        MySqlConnection connection, EventRows rows, long from, long to, int rowsMax, List<(long, long)> parts,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var width = Math.Max(1, (to - from + Parts - 1) / Parts);
        var counted = new List<(long Part, long Rows)>();
        var slice = new SourceSlice(from == First ? null : [Value(from)], to == End ? null : [Value(to)]);
        var command = rows.Select(
            connection, string.Create(CultureInfo.InvariantCulture, $"{Expression} DIV {width} AS part, count(*)"), slice, "GROUP BY 1");
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddWithValue("from", Parameter(from));
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var __ = reader.ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                counted.Add((Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture), reader.GetInt64(1)));
        }

        foreach (var (part, count) in counted.OrderBy(c => c.Part))
        {
            var start = from + part * width;
            if (count > rowsMax && width > 1)
            {
                await CountAsync(connection, rows, start, Math.Min(to, start + width), rowsMax, parts, cancellationToken)
                    .ConfigureAwait(false);
            }
            else
            {
                parts.Add((start, count));
            }
        }
    }
}

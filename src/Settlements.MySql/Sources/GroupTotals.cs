using System.Data.Common;
using System.Globalization;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The totals of a slice's groups, compared with the totals that the server computes without groups.</summary>
/// <param name="measures">The number of measures.</param>
internal sealed class GroupTotals(int measures)
{
    private readonly (Int128 Quantity, long Events)[] _sums = new (Int128, long)[measures];

    /// <summary>The number of rows.</summary>
    public long Rows { get; set; }

    public void Add(int measure, Int128 quantity, long events) =>
        _sums[measure] = (_sums[measure].Quantity + quantity, _sums[measure].Events + events);

    /// <summary>Throws when the server's totals differ: rows were changed between the statements, or the server lost groups.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="source">The source.</param>
    /// <param name="rows">The rows of the day.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="sums">The SQL of quantity, number of rows and validity, for each measure.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task RequireEqualAsync(
        MySqlConnection connection, UsageTable source, EventRows rows, SourceSlice slice, IEnumerable<string> sums,
        CancellationToken cancellationToken)
    {
        var command = rows.Select(connection, string.Join(", ", ["count(*)", .. sums]), slice);
        await using var _ = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        Require(source, "rows", Rows, reader.GetInt64(0));
        for (var i = 0; i < measures; i++)
        {
            var column = 1 + i * 3;
            Require(source, $"events of {source.Measures[i].Meter}", _sums[i].Events, Number(column + 1));
            Require(source, $"units of {source.Measures[i].Meter}", _sums[i].Quantity, Number(column));
        }

        Int128 Number(int column) => reader.IsDBNull(column) ? 0 : (Int128)reader.GetDecimal(column);
    }

    private static void Require(UsageTable source, string what, Int128 groups, Int128 server)
    {
        if (groups == server)
            return;
        var counted = string.Create(
            CultureInfo.InvariantCulture, $"have {groups} {what} in a slice, and the server counts {server}");
        throw new UnequalTotalsException(
            $"Source '{source.Name}': the groups of table {source.Table} {counted}. Rows were changed meanwhile, or the server lost "
            + "groups. The slice is read again; if it persists, check the server.");
    }
}

/// <summary>Thrown when the groups of a slice don't add up to its totals. The step is retried.</summary>
internal sealed class UnequalTotalsException(string message) : DbException(message)
{
    /// <inheritdoc />
    public override bool IsTransient => true;
}

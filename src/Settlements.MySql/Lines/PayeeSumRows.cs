using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Rows of the table payee_sums: the sums of priced lines by payee, in segments.</summary>
internal static class PayeeSumRows
{
    private const string Columns = "p.meter, p.currency, p.currency_digits, p.sums";

    private static readonly BulkTable Table = new("payee_sums", [
        new("run_id"), new("meter", IsBinary: true), new("first_item", IsBinary: true), new("segment"), new("currency", IsBinary: true),
        new("currency_digits"), new("row_count"), new("sums", IsBinary: true)]);

    /// <summary>Writes the sums of lines; none for lines of an estimate, whose run id is below 0.</summary>
    public static Task WriteAsync(
        BulkInsert bulk, MySqlTransaction transaction, long runId, IReadOnlyList<SettlementLine> lines, CancellationToken cancellationToken)
    {
        var segments = runId < 0 ? [] : PackedPayees.Pack(lines);
        var rows = new ListRows<PayeeSegmentRow>(segments, (row, segment) =>
        {
            row.Text(segment.Meter);
            row.Text(segment.FirstItem);
            row.Int64(segment.Number);
            row.Text(segment.Currency.Code);
            row.Int64(segment.Currency.MinorUnitDigits);
            row.Int64(segment.Count);
            row.Binary(segment.Bytes);
        });
        return segments.Count == 0 ? Task.CompletedTask : bulk.WriteAllAsync(
            transaction.Connection!, transaction, Table.With(("run_id", Sql.Literal(runId))), rows, segments.Count, cancellationToken);
    }

    /// <summary>Reads the sums of published days.</summary>
    public static async IAsyncEnumerable<PayeeSegment> ReadAsync(
        MySqlDatabase database, DateRange days, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = await database.OpenReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            $"""
            SELECT {Columns}, d.day
            FROM business_days d STRAIGHT_JOIN payee_sums p ON p.run_id = d.run_id
            WHERE d.day BETWEEN @first AND @last AND d.state = 'published'
            """,
            new { first = Sql.Day(days.First), last = Sql.Day(days.Last) }, cancellationToken: cancellationToken)).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            yield return Read(reader, reader.Day(4));
    }

    /// <summary>Reads the sums of a run that is being published.</summary>
    public static async Task<IReadOnlyList<PayeeSegment>> ListAsync(
        MySqlConnection connection, MySqlTransaction transaction, long runId, CancellationToken cancellationToken)
    {
        var segments = new List<PayeeSegment>();
        var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            $"SELECT {Columns} FROM payee_sums p WHERE p.run_id = @runId", new { runId }, transaction,
            cancellationToken: cancellationToken)).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            segments.Add(Read(reader, default));
        return segments;
    }

    private static PayeeSegment Read(DbDataReader reader, DateOnly postingDate) => new(
        postingDate, reader.Text(0), Currency.OfLine(reader.Text(1), reader.GetInt32(2)), reader.GetFieldValue<byte[]>(3));
}

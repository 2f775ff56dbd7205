using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Rows of the table payee_sums: the sums of priced lines by payee, in segments.</summary>
internal static class PayeeSumRows
{
    private const string Columns = "p.meter, p.currency, p.currency_digits, p.sums";

    /// <summary>Writes the sums of lines; none for lines of an estimate, whose run id is below 0.</summary>
    public static void Write(SqliteConnection connection, long runId, IReadOnlyList<SettlementLine> lines)
    {
        if (runId < 0 || lines.Count == 0)
            return;
        using var insert = new SqliteStatement(connection, """
            INSERT INTO payee_sums (run_id, meter, first_item, segment, currency, currency_digits, row_count, sums)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """);
        insert.Bind(1, runId);
        foreach (var segment in PackedPayees.Pack(lines))
        {
            insert.Bind(2, segment.Meter).Bind(3, segment.FirstItem).Bind(4, segment.Number).Bind(5, segment.Currency.Code)
                .Bind(6, segment.Currency.MinorUnitDigits).Bind(7, segment.Count).BindBlob(8, segment.Bytes).Run();
        }
    }

    /// <summary>Reads the sums of published days, by one statement, which reads a consistent snapshot.</summary>
    public static IEnumerable<PayeeSegment> Read(SqliteConnection connection, DateRange days)
    {
        using var row = new SqliteStatement(connection, $"""
            SELECT {Columns}, d.day
            FROM business_days d CROSS JOIN payee_sums p ON p.run_id = d.run_id
            WHERE d.day BETWEEN ? AND ? AND d.state = 'published'
            """);
        row.Bind(1, DayText.From(days.First)).Bind(2, DayText.From(days.Last));
        while (row.Step())
            yield return Read(row, DayText.Parse(row.Text(4)));
    }

    /// <summary>Reads the sums of a run that is being published.</summary>
    public static IEnumerable<PayeeSegment> Read(SqliteConnection connection, long runId)
    {
        using var row = new SqliteStatement(connection, $"SELECT {Columns} FROM payee_sums p WHERE p.run_id = ?");
        row.Bind(1, runId);
        while (row.Step())
            yield return Read(row, default);
    }

    private static PayeeSegment Read(SqliteStatement row, DateOnly postingDate) =>
        new(postingDate, row.Text(0), Currency.OfLine(row.Text(1), row.Int32(2)), row.Bytes(3).ToArray());
}

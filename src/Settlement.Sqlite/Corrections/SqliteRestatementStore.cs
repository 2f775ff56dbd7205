using System.Runtime.CompilerServices;
using System.Text.Json;
using Dapper;
using Settlement.Calendars;
using Settlement.Corrections;
using Settlement.Lines;
using Settlement.Sqlite.Connections;

namespace Settlement.Sqlite.Corrections;

/// <summary>Approved restatements, as closing and verifying read them.</summary>
internal sealed class SqliteRestatementStore(SqliteDatabase database) : IRestatementStore
{
    private const string IsApproved = "p.kind = 'restatement' AND p.state IN ('approved', 'done')";

    public async Task<IReadOnlyList<ApprovedRestatement>> ListApprovedAsync(CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var rows = await connection.QueryAsync<(long Id, string PostingDate, string Content)>(
            $"SELECT p.proposal_id, p.posting_date, p.content FROM proposals p WHERE {IsApproved} AND p.posting_date IS NOT NULL ORDER BY p.proposal_id")
            .ConfigureAwait(false);
        return [.. rows.Select(r => Read(r.Id, DayText.Parse(r.PostingDate), r.Content))];
    }

    public async IAsyncEnumerable<RestatementEntry> ReadAsync(
        DateOnly postingDate, (string Meter, string ItemId)? first, (string Meter, string ItemId)? last,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        using var row = new SqliteStatement(connection, $"""
            SELECT e.restates, e.meter, e.item_id, e.payee_id, e.usage_date, e.quantity, e.events, e.old_scope, e.old_version, e.new_scope, e.new_version,
                   e.units, e.old_exact, e.new_exact, e.old_amount, e.new_amount
            FROM proposals p CROSS JOIN restatement_entries e ON e.proposal_id = p.proposal_id
            WHERE p.posting_date = ? AND {IsApproved}
              {(first is null ? "" : "AND (e.meter, e.item_id) >= (?, ?)")} {(last is null ? "" : "AND (e.meter, e.item_id) <= (?, ?)")}
            ORDER BY e.meter, e.item_id, e.proposal_id, e.entry
            """);
        row.Bind(1, DayText.From(postingDate));
        var place = 2;
        if (first is { } from)
            row.Bind(place++, from.Meter).Bind(place++, from.ItemId);
        if (last is { } to)
            row.Bind(place++, to.Meter).Bind(place, to.ItemId);
        while (row.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Read(row);
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    private static RestatementEntry Read(SqliteStatement row) => new(
        RestatedLine.Parse(row.Text(0))
            ?? throw new InvalidOperationException("An entry of restatement_entries names no line. Rows were changed by hand: take them from a backup."),
        row.Text(1), row.Text(2), row.Text(3), DayText.Parse(row.Text(4)), row.Int64(5), row.Int64(6),
        row.IsNull(8) ? null : new RestatedPrice(
            row.Text(7), row.Text(8), row.Text(9), row.Text(10), row.Int64(11), AmountText.Parse(row.Bytes(12)), AmountText.Parse(row.Bytes(13)),
            AmountText.Parse(row.Bytes(14)), AmountText.Parse(row.Bytes(15))));

    private static ApprovedRestatement Read(long id, DateOnly postingDate, string content)
    {
        using var json = JsonDocument.Parse(content);
        var root = json.RootElement;
        return new ApprovedRestatement(
            id, postingDate, new DateRange(DayText.Parse(root.GetProperty("first").GetString()!), DayText.Parse(root.GetProperty("last").GetString()!)),
            [.. root.GetProperty("versions").EnumerateArray().Select(v => (v[0].GetString()!, v[1].GetString()!, v[2].GetString()!))],
            root.TryGetProperty("sources", out var sources) ? sources.GetString() : null);
    }
}

using System.Runtime.CompilerServices;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Reads approved restatements for the close and for verification.</summary>
internal sealed class SqliteRestatementStore(SqliteDatabase database) : IRestatementStore
{
    private const string IsApproved = "p.kind = 'restatement' AND p.state IN ('approved', 'done')";

    public Task<IReadOnlyList<ApprovedRestatement>> ListApprovedAsync(CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        using var row = new SqliteStatement(
            connection,
            "SELECT p.proposal_id, p.posting_date, p.content FROM proposals p "
            + $"WHERE {IsApproved} AND p.posting_date IS NOT NULL ORDER BY p.proposal_id");
        var approved = new List<ApprovedRestatement>();
        while (row.Step())
            approved.Add(ApprovedRestatement.Parse(row.Int64(0), DayText.Parse(row.Text(1)), row.Text(2)));
        return Task.FromResult<IReadOnlyList<ApprovedRestatement>>(approved);
    }

    public async IAsyncEnumerable<RestatementEntry> ReadAsync(
        DateOnly postingDate, (string Meter, string ItemId)? first, (string Meter, string ItemId)? last,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        using var row = new SqliteStatement(connection, $"""
            SELECT {RestatementRows.Columns}
            FROM proposals p CROSS JOIN restatement_entries e ON e.proposal_id = p.proposal_id
            WHERE p.posting_date = ? AND {IsApproved}
              {(first is null ? "" : "AND (e.meter, e.item_id) >= (?, ?)")} {(last is null ? "" : "AND (e.meter, e.item_id) <= (?, ?)")}
            ORDER BY e.meter, e.item_id, e.proposal_id, e.entry
            """);
        row.Bind(1, DayText.From(postingDate));
        var parameter = 2;
        if (first is { } from)
            row.Bind(parameter++, from.Meter).Bind(parameter++, from.ItemId);
        if (last is { } to)
            row.Bind(parameter++, to.Meter).Bind(parameter, to.ItemId);
        while (row.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return RestatementRows.Read(row);
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }
}

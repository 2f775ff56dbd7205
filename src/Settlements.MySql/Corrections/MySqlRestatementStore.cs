using System.Runtime.CompilerServices;
using Dapper;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The store of approved restatements, read by closing and verification.</summary>
internal sealed class MySqlRestatementStore(MySqlDatabase database) : IRestatementStore
{
    private const string IsApproved = "p.kind = 'restatement' AND p.state IN ('approved', 'done')";

    public Task<IReadOnlyList<ApprovedRestatement>> ListApprovedAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var rows = await connection.QueryAsync<(long Id, DateTime PostingDate, string Content)>(new CommandDefinition(
                $"""
                SELECT p.proposal_id, p.posting_date, {Rows.Text("p.content")} FROM proposals p
                WHERE {IsApproved} AND p.posting_date IS NOT NULL ORDER BY p.proposal_id
                """,
                cancellationToken: cancellationToken)).ConfigureAwait(false);
            return (IReadOnlyList<ApprovedRestatement>)[.. rows
                .Select(r => ApprovedRestatement.Parse(r.Id, Sql.Day(r.PostingDate), r.Content))];
        },
        cancellationToken);

    public IAsyncEnumerable<RestatementEntry> ReadAsync(
        DateOnly postingDate, (string Meter, string ItemId)? first, (string Meter, string ItemId)? last,
        CancellationToken cancellationToken) =>
        ReadEntriesAsync(postingDate, first, last, cancellationToken).TranslateErrors(database.Location, cancellationToken);

    private async IAsyncEnumerable<RestatementEntry> ReadEntriesAsync(
        DateOnly postingDate, (string Meter, string ItemId)? first, (string Meter, string ItemId)? last,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = await database.OpenReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var from = first is var (meter1, item1) ? $" AND (e.meter, e.item_id) >= ({Sql.Literal(meter1)}, {Sql.Literal(item1)})" : "";
        var to = last is var (meter2, item2) ? $" AND (e.meter, e.item_id) <= ({Sql.Literal(meter2)}, {Sql.Literal(item2)})" : "";
        var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            $"""
            SELECT {RestatementRows.Columns}
            FROM proposals p STRAIGHT_JOIN restatement_entries e ON e.proposal_id = p.proposal_id
            WHERE p.posting_date = @day AND {IsApproved}{from}{to} ORDER BY e.meter, e.item_id, e.proposal_id, e.entry
            """,
            new { day = Sql.Day(postingDate) }, cancellationToken: cancellationToken)).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            yield return RestatementRows.Read(reader);
    }
}

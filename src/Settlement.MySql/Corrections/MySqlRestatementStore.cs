using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using Settlement.Corrections;
using Settlement.Lines;
using Settlement.MySql.Connections;

namespace Settlement.MySql.Corrections;

/// <summary>Approved restatements, and the differences that they post.</summary>
internal sealed class MySqlRestatementStore(MySqlDatabase database) : IRestatementStore
{
    public Task<IReadOnlyList<ApprovedRestatement>> ListApprovedAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var rows = await connection.QueryAsync<(long Id, DateTime PostingDate, string Content)>(new CommandDefinition(
                $"""
                SELECT proposal_id, posting_date, {Rows.Text("content")} FROM proposals
                WHERE kind = 'restatement' AND state IN ('approved', 'done') AND posting_date IS NOT NULL ORDER BY proposal_id
                """,
                cancellationToken: cancellationToken)).ConfigureAwait(false);
            return (IReadOnlyList<ApprovedRestatement>)[.. rows.Select(r => ApprovedRestatement.Parse(r.Id, Sql.Day(r.PostingDate), r.Content))];
        },
        cancellationToken);

    public async IAsyncEnumerable<RestatementEntry> ReadAsync(
        DateOnly postingDate, (string Meter, string ItemId)? first, (string Meter, string ItemId)? last,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = await database.OpenReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var from = first is var (meter1, item1) ? $" AND (e.meter, e.item_id) >= ({Sql.Literal(meter1)}, {Sql.Literal(item1)})" : "";
        var to = last is var (meter2, item2) ? $" AND (e.meter, e.item_id) <= ({Sql.Literal(meter2)}, {Sql.Literal(item2)})" : "";
        var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            $"""
            SELECT e.restates, e.meter, e.item_id, e.payee_id, e.usage_date, e.quantity, e.events, e.old_scope, e.old_version, e.new_scope, e.new_version,
                   e.units, e.old_exact, e.new_exact, e.old_amount, e.new_amount
            FROM proposals p STRAIGHT_JOIN restatement_entries e ON e.proposal_id = p.proposal_id
            WHERE p.posting_date = @day AND p.kind = 'restatement' AND p.state IN ('approved', 'done'){from}{to}
            ORDER BY e.meter, e.item_id, e.proposal_id, e.entry
            """,
            new { day = Sql.Day(postingDate) }, cancellationToken: cancellationToken)).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return new RestatementEntry(
                RestatedLine.Parse(reader.Text(0)) ?? default, reader.Text(1), reader.Text(2), reader.Text(3), reader.Day(4), reader.GetInt64(5),
                reader.GetInt64(6), ReadPrice(reader));
        }
    }

    private static RestatedPrice? ReadPrice(DbDataReader reader) => reader.IsDBNull(8)
        ? null
        : new RestatedPrice(
            reader.Text(7), reader.Text(8), reader.Text(9), reader.Text(10), reader.GetInt64(11), reader.Amount(12), reader.Amount(13), reader.Amount(14),
            reader.Amount(15));
}

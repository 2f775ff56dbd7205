using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>Reads and writes rows of the table <c>proposals</c>.</summary>
internal static class ProposalRows
{
    private const string Select = """
        SELECT proposal_id, kind, state, content, hash, reason, proposed_by, proposed_at, approved_by, approved_at, posting_date
        FROM proposals
        """;

    public static long Insert(SqliteConnection connection, Proposal proposal)
    {
        using var insert = new SqliteStatement(connection, """
            INSERT INTO proposals (kind, state, content, hash, reason, proposed_by, proposed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
                RETURNING proposal_id
            """);
        insert.Bind(1, ProposalText.Of(proposal.Kind)).Bind(2, ProposalText.Of(proposal.State)).Bind(3, proposal.Content)
            .Bind(4, proposal.Hash).Bind(5, proposal.Reason).Bind(6, proposal.ProposedBy)
            .Bind(7, UnixMicroseconds.From(proposal.ProposedAt)).Step();
        return insert.Int64(0);
    }

    public static Proposal? Find(SqliteConnection connection, long proposalId)
    {
        using var row = new SqliteStatement(connection, $"{Select} WHERE proposal_id = ?");
        return row.Bind(1, proposalId).Step() ? Read(row) : null;
    }

    public static List<Proposal> List(SqliteConnection connection, ProposalKind? kind, ProposalState? state, int count)
    {
        using var row = new SqliteStatement(
            connection, $"{Select} WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR state = ?2) ORDER BY proposal_id DESC LIMIT ?3");
        row.Bind(1, kind is { } k ? ProposalText.Of(k) : null).Bind(2, state is { } s ? ProposalText.Of(s) : null).Bind(3, count);
        var proposals = new List<Proposal>();
        while (row.Step())
            proposals.Add(Read(row));
        return proposals;
    }

    /// <summary>Changes the state of a proposal that is in state <paramref name="from"/>.</summary>
    /// <returns>Whether it was in that state.</returns>
    public static bool Move(SqliteConnection connection, long proposalId, ProposalState from, ProposalState to)
    {
        using var update = new SqliteStatement(connection, "UPDATE proposals SET state = ? WHERE proposal_id = ? AND state = ?");
        return update.Bind(1, ProposalText.Of(to)).Bind(2, proposalId).Bind(3, ProposalText.Of(from)).Execute() == 1;
    }

    private static Proposal Read(SqliteStatement row) => new(
        row.Int64(0), ProposalText.ParseKind(row.Text(1)), ProposalText.ParseState(row.Text(2)), row.Text(3), row.Text(4), row.Text(5),
        row.Text(6),
        UnixMicroseconds.ToInstant(row.Int64(7)), row.IsNull(8) ? null : row.Text(8),
        row.IsNull(9) ? null : UnixMicroseconds.ToInstant(row.Int64(9)), row.IsNull(10) ? null : DayText.Parse(row.Text(10)));
}

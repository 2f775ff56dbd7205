using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Rows of the table proposals.</summary>
internal static class ProposalRows
{
    private static readonly string Select = $"""
        SELECT p.proposal_id AS Id, {Rows.Text("p.kind")} AS Kind, {Rows.Text("p.state")} AS State, {Rows.Text("p.content")} AS Content,
               {Rows.Text("p.hash")} AS Hash, {Rows.Text("p.reason")} AS Reason, {Rows.Text("p.proposed_by")} AS ProposedBy,
                   p.proposed_at AS ProposedAt,
               {Rows.Text("p.approved_by")} AS ApprovedBy, p.approved_at AS ApprovedAt, p.posting_date AS PostingDate
        FROM proposals p
        """;

    public static Task<long> InsertAsync(MySqlTransaction transaction, Proposal proposal, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            INSERT INTO proposals (kind, state, content, hash, reason, proposed_by, proposed_at)
            VALUES (@kind, @state, @Content, @Hash, @Reason, @ProposedBy, @at);
            SELECT last_insert_id()
            """,
            new
            {
                kind = ProposalText.Of(proposal.Kind), state = ProposalText.Of(proposal.State), proposal.Content, proposal.Hash,
                proposal.Reason, proposal.ProposedBy,
                at = Sql.Instant(proposal.ProposedAt),
            },
            transaction, cancellationToken: cancellationToken));

    /// <summary>Finds a proposal that was stored by an attempt whose commit's outcome is unknown.</summary>
    public static Task<long?> FindAsync(MySqlTransaction transaction, Proposal proposal, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteScalarAsync<long?>(new CommandDefinition(
            "SELECT max(proposal_id) FROM proposals WHERE kind = @kind AND hash = @Hash AND "
                + "proposed_by = @ProposedBy AND proposed_at = @at",
            new { kind = ProposalText.Of(proposal.Kind), proposal.Hash, proposal.ProposedBy, at = Sql.Instant(proposal.ProposedAt) },
            transaction,
            cancellationToken: cancellationToken));

    public static async Task<Proposal?> FindAsync(MySqlConnection connection, long proposalId, CancellationToken cancellationToken) =>
        (await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"{Select} WHERE p.proposal_id = @proposalId", new { proposalId }, cancellationToken: cancellationToken))
                .ConfigureAwait(false))?.ToProposal();

    public static async Task<IReadOnlyList<Proposal>> ListAsync(
        MySqlConnection connection, MySqlTransaction? transaction, ProposalKind? kind, ProposalState? state, int count,
        CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            {Select} WHERE 1 = 1{(kind is null ? "" : " AND p.kind = @kind")}{(state is null ? "" : " AND p.state = @state")}
            ORDER BY p.proposal_id DESC LIMIT @count
            """,
            new { kind = kind is { } k ? ProposalText.Of(k) : null, state = state is { } s ? ProposalText.Of(s) : null, count },
            transaction, cancellationToken: cancellationToken))
            .ConfigureAwait(false);
        return [.. rows.Select(r => r.ToProposal())];
    }

    public static async Task<bool> MoveAsync(
        MySqlTransaction transaction, long proposalId, ProposalState from, ProposalState to, CancellationToken cancellationToken) =>
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "UPDATE proposals SET state = @to WHERE proposal_id = @proposalId AND state = @from",
            new { proposalId, from = ProposalText.Of(from), to = ProposalText.Of(to) }, transaction, cancellationToken: cancellationToken))
                .ConfigureAwait(false) == 1;

    private sealed class Row
    {
        public long Id { get; set; }

        public string Kind { get; set; } = "";

        public string State { get; set; } = "";

        public string Content { get; set; } = "";

        public string Hash { get; set; } = "";

        public string Reason { get; set; } = "";

        public string ProposedBy { get; set; } = "";

        public DateTime ProposedAt { get; set; }

        public string? ApprovedBy { get; set; }

        public DateTime? ApprovedAt { get; set; }

        public DateTime? PostingDate { get; set; }

        public Proposal ToProposal() => new(
            Id, ProposalText.ParseKind(Kind), ProposalText.ParseState(State), Content, Hash, Reason, ProposedBy,
            Sql.Instant(ProposedAt), ApprovedBy, ApprovedAt is { } at
                ? Sql.Instant(at) : null, PostingDate is { } day ? Sql.Day(day) : null);
    }
}

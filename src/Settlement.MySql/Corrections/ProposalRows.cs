using Dapper;
using MySqlConnector;
using Settlement.Corrections;
using Settlement.MySql.Connections;

namespace Settlement.MySql.Corrections;

/// <summary>Rows of the table proposals.</summary>
internal sealed class ProposalRows
{
    private static readonly string Select = $"""
        SELECT proposal_id AS ProposalId, {Rows.Text("kind")} AS Kind, {Rows.Text("state")} AS State, {Rows.Text("content")} AS Content,
               {Rows.Text("hash")} AS Hash, {Rows.Text("reason")} AS Reason, {Rows.Text("proposed_by")} AS ProposedBy, proposed_at AS ProposedAt,
               {Rows.Text("approved_by")} AS ApprovedBy, approved_at AS ApprovedAt, posting_date AS PostingDate
        FROM proposals
        """;

    public long ProposalId { get; set; }

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

    public static Task<long> InsertAsync(
        MySqlConnection connection, MySqlTransaction transaction, Proposal proposal, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            INSERT INTO proposals (kind, state, content, hash, reason, proposed_by, proposed_at)
            VALUES (@kind, @state, @Content, @Hash, @Reason, @ProposedBy, @proposedAt);
            SELECT last_insert_id()
            """,
            new
            {
                kind = Name(proposal.Kind), state = Name(proposal.State), proposal.Content, proposal.Hash, proposal.Reason, proposal.ProposedBy,
                proposedAt = Sql.Instant(proposal.ProposedAt),
            },
            transaction, cancellationToken: cancellationToken));

    public static async Task<Proposal?> FindAsync(MySqlConnection connection, long proposalId, CancellationToken cancellationToken) =>
        (await connection.QuerySingleOrDefaultAsync<ProposalRows>(new CommandDefinition(
            $"{Select} WHERE proposal_id = @proposalId", new { proposalId }, cancellationToken: cancellationToken)).ConfigureAwait(false))?.ToProposal();

    public static async Task<IReadOnlyList<Proposal>> ListAsync(
        MySqlConnection connection, MySqlTransaction? transaction, ProposalKind? kind, ProposalState? state, int count,
        CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<ProposalRows>(new CommandDefinition(
            $"{Select} WHERE (@kind IS NULL OR kind = @kind) AND (@state IS NULL OR state = @state) ORDER BY proposal_id DESC LIMIT @count",
            new { kind = kind is { } k ? Name(k) : null, state = state is { } s ? Name(s) : null, count }, transaction,
            cancellationToken: cancellationToken)).ConfigureAwait(false);
        return [.. rows.Select(r => r.ToProposal())];
    }

    public static async Task<bool> MoveAsync(
        MySqlConnection connection, MySqlTransaction transaction, long proposalId, ProposalState from, ProposalState to,
        CancellationToken cancellationToken) => await connection.ExecuteAsync(new CommandDefinition(
        "UPDATE proposals SET state = @to WHERE proposal_id = @proposalId AND state = @from",
        new { proposalId, from = Name(from), to = Name(to) }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false) == 1;

    private Proposal ToProposal() => new(
        ProposalId, Enum.Parse<ProposalKind>(Kind, ignoreCase: true), Enum.Parse<ProposalState>(State, ignoreCase: true), Content, Hash, Reason,
        ProposedBy, Sql.Instant(ProposedAt), ApprovedBy, ApprovedAt is { } at ? Sql.Instant(at) : null,
        PostingDate is { } day ? Sql.Day(day) : null);

    private static string Name(ProposalKind kind) => kind.ToString().ToLowerInvariant();

    private static string Name(ProposalState state) => state.ToString().ToLowerInvariant();
}

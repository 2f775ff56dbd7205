using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Corrections;

/// <summary>Reads and writes the table <c>corrections</c>. Thread-safe.</summary>
internal sealed class CorrectionTable(PlatformDatabase database)
{
    private const string Columns = "proposal_id, first_day, last_day, amount, parts_count, parts";

    public Task AddAsync(CorrectionSeen seen, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.ExecuteAsync(
            $"INSERT INTO corrections ({Columns}) VALUES (@ProposalId, @FirstDay, @LastDay, @Amount, @PartsCount, @Parts)", seen),
        cancellationToken);

    public Task<List<CorrectionSeen>> ListAsync(IReadOnlyCollection<long> ids, CancellationToken cancellationToken) => ids.Count == 0
        ? Task.FromResult(new List<CorrectionSeen>())
        : database.ReadAsync(
            sql => sql.ListAsync<CorrectionSeen>($"SELECT {Columns} FROM corrections WHERE proposal_id IN @ids", new { ids }),
            cancellationToken);
}

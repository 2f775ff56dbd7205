using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Audit;

/// <summary>Reads and writes the table <c>audit</c>. Rows are never deleted. Thread-safe.</summary>
internal sealed class AuditTable(PlatformDatabase database)
{
    private const string Columns = "audit_id, at, user_id, action, detail, status";

    public Task AddAsync(AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.ExecuteAsync($"INSERT INTO audit ({Columns}) VALUES (@AuditId, @At, @UserId, @Action, @Detail, @Status)", entry),
        cancellationToken);

    public Task EndAsync(string auditId, long status, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.ExecuteAsync("UPDATE audit SET status = @status WHERE audit_id = @auditId", new { auditId, status }), cancellationToken);

    /// <summary>Returns entries, newest first: ids are ordered by time.</summary>
    public Task<List<AuditEntry>> ListAsync(string? before, int count, CancellationToken cancellationToken) => database.ReadAsync(
        sql => sql.ListAsync<AuditEntry>(
            $"SELECT {Columns} FROM audit WHERE @before IS NULL OR audit_id < @before ORDER BY audit_id DESC LIMIT @count",
            new { before = string.IsNullOrEmpty(before) ? null : before, count }),
        cancellationToken);
}

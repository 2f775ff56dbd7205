namespace Settlements.Benchmarks;

/// <summary>The databases of two revisions on one server, with the same events.</summary>
internal sealed class MySqlCloseComparison(MySqlBenchmarkServer server, MySqlBenchmarkDatabase other)
{
    /// <summary>Creates the other revision's tables; the server has this revision's.</summary>
    public Task CreateTablesAsync(CloseRevision revision) => revision.CreateTablesAsync(other);

    /// <summary>Loads the same file into both databases concurrently.</summary>
    public async Task LoadAsync(string tsv, int events, int items)
    {
        MySqlWorkloadFile.WriteTsv(tsv, new MySqlWorkload(0, events, items));
        await server.Database.EmptyAsync();
        await other.EmptyAsync();
        await Task.WhenAll(server.Database.LoadByClientAsync(tsv), other.LoadByClientAsync(tsv));
        File.Delete(tsv);
    }

    public async Task<CloseRun> CloseAsync(CloseRevision revision, bool isByOwner)
    {
        var database = isByOwner ? server.Database : other;
        await database.ForgetClosesAsync();
        await server.SettleAsync();
        var (inserted, updated) = (await database.StatusAsync("Handler_write"), await database.StatusAsync("Handler_update"));
        var serverBefore = CloseRevision.ProcessorSeconds(server.ProcessId);
        var (measured, clientSeconds) = await revision.CloseMySqlAsync(database.ConnectionString);
        var serverSeconds = CloseRevision.ProcessorSeconds(server.ProcessId) - serverBefore;
        return new CloseRun(
            measured, clientSeconds, serverSeconds, await CountAsync(database), await database.StatusAsync("Handler_write") - inserted,
            await database.StatusAsync("Handler_update") - updated);
    }

    private static async Task<CloseResult> CountAsync(MySqlBenchmarkDatabase database)
    {
        var rows = 0L;
        var linesTable = "";
        foreach (var table in CloseResult.Tables)
        {
            var found = await database.ScalarAsync<long>(
                $"SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '{table}'");
            if (found == 0)
                continue;
            rows += await database.CountAsync(table);
            if (table.EndsWith("_lines", StringComparison.Ordinal))
                linesTable = table;
        }

        return new CloseResult(
            await database.CountAsync(linesTable),
            await database.ScalarAsync<long>($"SELECT CAST(coalesce(sum(amount), 0) AS SIGNED) FROM {linesTable}"), rows);
    }
}

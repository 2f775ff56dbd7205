using MySqlConnector;

namespace Settlements.MySql.Tests.Loading;

/// <summary>Concurrent and cancelled loads, and loads whose connections are killed, store every row once.</summary>
public sealed class TableLoadConcurrencyTests(SharedServer shared)
{
    [Fact]
    public async Task Of_two_concurrent_loads_with_the_same_key_one_runs_and_the_other_is_refused()
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server, "id BIGINT, title VARCHAR(20), n INT NULL");
        await using var other = new TableLoader(table.ConnectionString);
        var begun = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        async IAsyncEnumerable<Row> Slow()
        {
            foreach (var row in Row.Many(1_000))
            {
                if (row.Id == 500)
                {
                    begun.SetResult();
                    await goOn.Task;
                }

                yield return row;
            }
        }

        var first = table.Loader.LoadAsync(Slow(), Row.Map, new TableLoadOptions { Key = "a", ChunkRows = 100 });
        await begun.Task;
        var second = () => other.LoadAsync(
            Row.Many(1_000).ToAsyncEnumerable(), Row.Map, new TableLoadOptions { Key = "a", ChunkRows = 70 });
        (await second.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*'a' is already running*");
        goOn.SetResult();
        await first;

        (await table.CountAsync()).Should().Be(1_000);
        (await second()).Resumed.Should().Be(1_000);
    }

    [Fact]
    public async Task A_cancelled_load_ends_soon_and_leaves_only_complete_chunks()
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server);
        using var cancel = new CancellationTokenSource();
        long stored = 0;
        var load = () => table.Loader.LoadAsync(
            Row.Many(int.MaxValue - 1).ToAsyncEnumerable(), Row.Map, new TableLoadOptions { ChunkRows = 10_000, Writers = 2 },
            new ActionProgress(p => { stored = p.Stored; if (p.Sent >= 30_000) cancel.Cancel(); }), cancel.Token);

        await load.Should().ThrowAsync<OperationCanceledException>();

        (await table.CountAsync() % 10_000).Should().Be(0);
        (await table.CountAsync()).Should().BeInRange(stored, stored + 20_000);
    }

    [Fact]
    public async Task Killed_connections_lose_and_duplicate_no_row()
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server, "id BIGINT, title VARCHAR(20), n INT NULL");
        using var done = new CancellationTokenSource();
        var progress = new DecidedRows();
        var killer = Task.Run(() => KillAsync(table.ConnectionString, progress, done.Token));

        var report = await table.Loader.LoadAsync(
            Row.Many(200_000).ToAsyncEnumerable(), Row.Map, new TableLoadOptions { Key = "a", ChunkRows = 4_000, Writers = 2 }, progress);
        await done.CancelAsync();

        (await killer).Should().BeGreaterThan(0);
        (report.Stored + report.Resumed).Should().Be(200_000);
        (await table.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).Should().Equal("200000|200000");
    }

    /// <summary>Kills one connection per four stored chunks: a chunk that is killed at each of its retries would end the load.</summary>
    private static async Task<int> KillAsync(string connectionString, DecidedRows progress, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync(CancellationToken.None);
        var killed = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            await using var find = new MySqlCommand(
                "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> "
                    + "connection_id() AND info LIKE 'LOAD%' LIMIT 1", connection);
            if (await find.ExecuteScalarAsync(CancellationToken.None) is long id)
            {
                try
                {
                    await new MySqlCommand($"KILL {id}", connection).ExecuteNonQueryAsync(CancellationToken.None);
                    killed++;
                    await progress.ReachAsync(progress.Count + 16_000, cancellationToken);
                }
                catch (MySqlException)
                {
                    // The statement had already ended.
                }
            }
        }

        return killed;
    }

    private sealed class ActionProgress(Action<TableLoadProgress> reported) : IProgress<TableLoadProgress>
    {
        public void Report(TableLoadProgress value) => reported(value);
    }
}

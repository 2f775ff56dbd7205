using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Settlements.Routing;

namespace Settlements.Sqlite.Tests.Routing;

public sealed class SqliteMultiHostDataSourceTests : IAsyncDisposable
{
    private const int ReadOnlyError = 8; // SQLITE_READONLY

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("settlement-sqlite-");
    private readonly SqliteMultiHostDataSource _source;

    public SqliteMultiHostDataSourceTests() => _source = new SqliteMultiHostDataSource($"Data Source={FileName}");

    private string FileName => Path.Combine(_folder.FullName, "shop.db");

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_read_of_every_consistency_sees_all_earlier_commits()
    {
        await CreateAsync();
        await using var writer = await _source.OpenConnectionAsync(DatabaseAccess.Write);
        await using var transaction = await writer.BeginTransactionAsync();
        await writer.ExecuteAsync("INSERT INTO play VALUES (1)", transaction: transaction);

        var token = await _source.CommitAsync(transaction);

        token.IsNone.Should().BeTrue("every read of the file sees it");
        ReadConsistency[] all =
        [
            ReadConsistency.Primary, ReadConsistency.Eventual, ReadConsistency.AtMostStale(TimeSpan.FromTicks(1)),
            ReadConsistency.After(token),
            ReadConsistency.After(CausalToken.Parse("0-1-100")),
        ];
        foreach (var consistency in all)
            (await CountAsync(consistency)).Should().Be(1, consistency.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_on_a_reading_connection_is_an_error_with_and_without_wal(bool wal)
    {
        await CreateAsync(wal);
        await using var reader = await _source.OpenConnectionAsync(DatabaseAccess.Read);

        string[] writes =
            ["INSERT INTO play VALUES (2)", "DELETE FROM play", "CREATE TABLE written (id INTEGER)", "PRAGMA user_version = 7"];
        foreach (var write in writes)
        {
            (await reader.Invoking(r => r.ExecuteAsync(write)).Should().ThrowAsync<SqliteException>(write))
                .Which.SqliteErrorCode.Should().Be(ReadOnlyError, write);
        }
    }

    [Fact]
    public async Task No_setting_makes_a_reading_connection_writable()
    {
        await CreateAsync();
        await using var reader = await _source.OpenConnectionAsync(DatabaseAccess.Read);
        await reader.ExecuteAsync("PRAGMA query_only = 0; PRAGMA writable_schema = 1");

        await reader.Invoking(r => r.ExecuteAsync("INSERT INTO play VALUES (2)")).Should().ThrowAsync<SqliteException>();
    }

    [Fact]
    public async Task Pooled_connections_keep_their_access_mode()
    {
        await CreateAsync();
        for (var i = 0; i < 3; i++)
        {
            await using (var writer = await _source.OpenConnectionAsync(DatabaseAccess.Write))
                await writer.ExecuteAsync("INSERT INTO play VALUES (1)");
            await using var reader = await _source.OpenConnectionAsync(DatabaseAccess.Read);
            await reader.Invoking(r => r.ExecuteAsync("INSERT INTO play VALUES (1)")).Should().ThrowAsync<SqliteException>();
        }
    }

    [Fact]
    public async Task A_reading_transaction_does_not_block_a_writer()
    {
        await CreateAsync(wal: true);
        await using var reader = await _source.OpenConnectionAsync(DatabaseAccess.Read);
        await using var snapshot = await reader.BeginTransactionAsync();
        (await reader.ExecuteScalarAsync<long>("SELECT count(*) FROM play", transaction: snapshot)).Should().Be(0);

        await using var writer = new SqliteConnection($"Data Source={FileName};Default Timeout=1;Pooling=False");
        await writer.ExecuteAsync("INSERT INTO play VALUES (1)");

        (await reader.ExecuteScalarAsync<long>("SELECT count(*) FROM play", transaction: snapshot)).Should().Be(0, "it reads its snapshot");
    }

    [Fact]
    public async Task The_first_read_creates_a_missing_file()
    {
        await using var reader = await _source.OpenConnectionAsync(DatabaseAccess.Read);

        (await reader.ExecuteScalarAsync<long>("SELECT count(*) FROM sqlite_schema")).Should().Be(0);
    }

    [Fact]
    public async Task A_read_after_a_crash_recovers_the_file()
    {
        await CreateAsync();
        await using var crashed = new SqliteConnection($"Data Source={FileName};Pooling=False");
        await crashed.OpenAsync();
        await crashed.ExecuteAsync("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE");
        await crashed.ExecuteAsync(
            "INSERT INTO play WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n");
        var copy = Path.Combine(_folder.FullName, "copy.db");
        File.Copy(FileName, copy);
        File.Copy(FileName + "-journal", copy + "-journal"); // the hot journal of a crash

        await using var source = new SqliteMultiHostDataSource($"Data Source={copy}");
        await using var reader = await source.OpenConnectionAsync(DatabaseAccess.Read);

        (await reader.ExecuteScalarAsync<long>("SELECT count(*) FROM play")).Should().Be(0);
    }

    [Fact]
    public async Task The_file_is_the_only_server_a_primary_with_the_number_of_its_open_connections()
    {
        var before = _source.Servers.Should().ContainSingle().Which;
        before.Should().BeEquivalentTo(
            new ServerStatus(FileName, ServerRole.Primary, ServerState.Unknown, null, 0, 1, CausalToken.None, null, ""));
        await _source.StartAsync();

        await using (await _source.OpenConnectionAsync(DatabaseAccess.Read))
        await using (await _source.Primary.OpenConnectionAsync())
        await using (var third = _source.Replicas.OpenConnection())
        {
            _source.Servers[0].Should().Match<ServerStatus>(
                h => h.State == ServerState.Up && h.InFlight == 3 && h.Version!.StartsWith("SQLite 3."));
            third.Close();
            _source.Servers[0].InFlight.Should().Be(2);
        }

        _source.Servers[0].InFlight.Should().Be(0);
    }

    [Fact]
    public async Task Plain_data_sources_have_their_access_mode_for_synchronous_calls_too()
    {
        _source.Primary.CreateCommand("CREATE TABLE play (id INTEGER)").ExecuteNonQuery();
        await using var created = _source.Replicas.CreateConnection();
        created.Open();

        created.Invoking(c => c.Execute("INSERT INTO play VALUES (1)")).Should().Throw<SqliteException>();
        _source.Replicas.Invoking(r => r.CreateCommand("INSERT INTO play VALUES (1)").ExecuteNonQuery()).Should().Throw<SqliteException>();
        _source.CreateCommand("INSERT INTO play VALUES (1)").ExecuteNonQuery().Should().Be(
            1, "the data source itself opens writing connections");
    }

    [Fact]
    public async Task A_causal_session_reads_its_own_writes()
    {
        await CreateAsync();
        var session = new CausalSession(_source);
        await using (var writer = await session.OpenWriteAsync())
        await using (var transaction = await writer.BeginTransactionAsync())
        {
            await writer.ExecuteAsync("INSERT INTO play VALUES (1)", transaction: transaction);
            await session.CommitAsync(transaction);
            await writer.ExecuteAsync("UPDATE play SET rowid = rowid");
        }

        await using var reader = await session.OpenReadAsync();

        (await reader.ExecuteScalarAsync<long>("SELECT count(*) FROM play")).Should().Be(1);
        await reader.Invoking(r => r.ExecuteAsync("DELETE FROM play")).Should().ThrowAsync<SqliteException>();
    }

    [Fact]
    public async Task A_commit_that_is_cancelled_before_it_begins_has_no_effect()
    {
        await CreateAsync();
        await using (var writer = await _source.OpenConnectionAsync(DatabaseAccess.Write))
        await using (var transaction = await writer.BeginTransactionAsync())
        {
            await writer.ExecuteAsync("INSERT INTO play VALUES (1)", transaction: transaction);
            await _source.Invoking(s => s.CommitAsync(transaction, new CancellationToken(canceled: true)))
                .Should().ThrowAsync<OperationCanceledException>();
        }

        (await CountAsync(ReadConsistency.Primary)).Should().Be(0);
    }

    [Fact]
    public async Task A_disposed_data_source_opens_no_connection()
    {
        await _source.DisposeAsync();

        await _source.Invoking(s => s.OpenConnectionAsync(DatabaseAccess.Read).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
        await _source.Invoking(s => s.StartAsync()).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task The_data_source_and_its_plain_data_sources_are_registered_by_key()
    {
        await using var services = new ServiceCollection()
            .AddSqliteMultiHostDataSource($"Data Source={FileName}")
            .AddSqliteMultiHostDataSource($"Data Source={FileName}.2", serviceKey: "orders")
            .BuildServiceProvider();

        var source = services.GetRequiredService<SqliteMultiHostDataSource>();
        services.GetRequiredService<MultiHostDataSource>().Should().BeSameAs(source);
        services.GetRequiredKeyedService<DbDataSource>(RoutingKeys.Primary).Should().BeSameAs(source.Primary);
        services.GetRequiredKeyedService<DbDataSource>(RoutingKeys.Replicas).Should().BeSameAs(source.Replicas);
        var orders = services.GetRequiredKeyedService<MultiHostDataSource>("orders");
        services.GetRequiredKeyedService<DbDataSource>("orders:replicas").Should().BeSameAs(orders.Replicas);
        orders.Servers[0].Name.Should().Be(FileName + ".2");
        services.CreateScope().ServiceProvider.GetRequiredService<CausalSession>().Should().NotBeNull();
    }

    [Fact]
    public async Task The_file_is_opened_when_the_application_starts()
    {
        await using var services = new ServiceCollection().AddSqliteMultiHostDataSource($"Data Source={FileName}").BuildServiceProvider();

        foreach (var starting in services.GetServices<IHostedService>())
            await starting.StartAsync(CancellationToken.None);

        services.GetRequiredService<MultiHostDataSource>().Servers[0].State.Should().Be(ServerState.Up);
    }

    private async Task CreateAsync(bool wal = false)
    {
        await using var writer = await _source.OpenConnectionAsync(DatabaseAccess.Write);
        if (wal)
            await writer.ExecuteAsync("PRAGMA journal_mode = wal");
        await writer.ExecuteAsync("CREATE TABLE play (id INTEGER)");
    }

    private async Task<long> CountAsync(ReadConsistency consistency)
    {
        await using var reader = await _source.OpenConnectionAsync(DatabaseAccess.Read, consistency);
        return await reader.ExecuteScalarAsync<long>("SELECT count(*) FROM play");
    }
}

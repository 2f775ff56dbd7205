using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Settlements.Sqlite.Tests.Sources;

/// <summary>A source whose rows of a day are found only by reading all rows of a large table.</summary>
public sealed class FullScanTests
{
    [Theory]
    [InlineData("play", "CREATE INDEX play_by_instant ON play (at)")]
    [InlineData("play_view", "Create an index that starts with the instant on the table that the view reads.")]
    public async Task A_full_scan_of_a_large_table_is_reported_with_the_missing_index(string table, string remedy)
    {
        await using var store = new SqliteUnderTest();
        await store.ExecuteAsync("""
            CREATE TABLE play (id INTEGER PRIMARY KEY, at TEXT NOT NULL, item TEXT NOT NULL, owner TEXT NOT NULL);
            CREATE VIEW play_view AS SELECT * FROM play;
            """);
        var source = new UsageTableBuilder("plays").Table(table).OccurredAt("at").Item("item").Payee("owner")
            .Counts("video.view").Build([])!;
        using var logs = new LogLines();
        await using var connection = (SqliteConnection)await store.OpenAsync();

        FullScan.Report(connection, source, rows: 19, rowsMin: 20, logs);
        logs.Lines.Should().BeEmpty("the table is small");
        FullScan.Report(connection, source, rows: 20, rowsMin: 20, logs);
        logs.Lines.Should().ContainSingle().Which.Should().Be(
            $"Source 'plays' reads all of 20 rows of table {table} for each day: no index that starts with at is used. {remedy}");
        await store.ExecuteAsync("CREATE INDEX play_by_instant ON play (at)");
        await using var other = (SqliteConnection)await store.OpenAsync(); // EXPLAIN doesn't notice a change of the schema by others
        FullScan.Report(other, source, rows: 20, rowsMin: 20, logs);

        logs.Lines.Should().ContainSingle("the index is there");
    }

    [Fact]
    public async Task The_rows_of_the_table_are_counted_while_their_instants_are_checked()
    {
        await using var store = new SqliteUnderTest();
        await store.ExecuteAsync("""
            CREATE TABLE play (id INTEGER PRIMARY KEY, at TEXT NOT NULL, item TEXT NOT NULL, owner TEXT NOT NULL);
            INSERT INTO play VALUES (1, '2024-07-01 01:00:00', 'a', 'p'), (2, '2024-07-02 01:00:00', 'a', 'p');
            """);
        var source = new UsageTableBuilder("plays").Table("play").OccurredAt("at").Item("item").Payee("owner")
            .Counts("video.view").Build([])!;
        await using var connection = (SqliteConnection)await store.OpenAsync();

        SourceInstants.Check(connection, source, default).Should().Be(2);
    }

    private sealed class LogLines : ILogger, IDisposable
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}

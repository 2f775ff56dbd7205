using Microsoft.Data.Sqlite;
using Settlements.Rehearsal;
using Settlements.Testing;

namespace Settlements.Sqlite.Tests;

public sealed class SqliteUpgradeRehearsal : UpgradeRehearsal
{
    protected override Upgrade Upgrade => SqliteRehearsal.Upgrade;

    protected override StoreUnderTest NewStore() => new SqliteUnderTest();
}

public sealed class SqliteRestoreRehearsal : RestoreRehearsal
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override Task<Func<Task<StoreUnderTest>>> BackUpAsync(StoreUnderTest store) => SqliteRehearsal.BackUpAsync(store);
}

public sealed class SqliteYearRehearsal : YearRehearsal
{
    protected override Upgrade Upgrade => SqliteRehearsal.Upgrade;

    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override Task<Func<Task<StoreUnderTest>>> BackUpAsync(StoreUnderTest store) => SqliteRehearsal.BackUpAsync(store);
}

internal static class SqliteRehearsal
{
    public static Upgrade Upgrade { get; } = new(
        typeof(SqliteStoreOptions).Assembly,
        """
        CREATE TABLE day_notes (
            day        TEXT    PRIMARY KEY,
            line_count INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO day_notes (day, line_count)
            SELECT d.day, count(*) FROM business_days d JOIN settlement_lines l ON l.run_id = d.run_id GROUP BY d.day;
        ALTER TABLE settlement_lines ADD COLUMN label TEXT NOT NULL DEFAULT '';
        """,
        """
        ALTER TABLE day_notes ADD COLUMN is_reviewed INTEGER NOT NULL DEFAULT 0;
        UPDATE day_notes SET is_reviewed = 1;
        CREATE INDEX settlement_lines_by_item ON settlement_lines (meter, item_id);
        """);

    /// <summary>By SQLite's backup API: a consistent copy while another connection writes.</summary>
    public static Task<Func<Task<StoreUnderTest>>> BackUpAsync(StoreUnderTest store)
    {
        var copy = new SqliteUnderTest();
        using (var from = new SqliteConnection(((SqliteUnderTest)store).ConnectionString))
        using (var to = new SqliteConnection(copy.ConnectionString))
        {
            from.Open();
            to.Open();
            from.BackupDatabase(to);
        }

        return Task.FromResult<Func<Task<StoreUnderTest>>>(() => Task.FromResult<StoreUnderTest>(copy));
    }
}

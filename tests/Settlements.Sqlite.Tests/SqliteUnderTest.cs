using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlements.Testing;

namespace Settlements.Sqlite.Tests;

/// <summary>An SQLite store in a temporary folder.</summary>
internal sealed class SqliteUnderTest : StoreUnderTest
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("settlement-sqlite-");

    public string FileName => Path.Combine(_folder.FullName, "test.db");

    public string ConnectionString => $"Data Source={FileName}";

    public override void Use(SettlementBuilder settlement) => settlement.UseSqlite(ConnectionString);

    public override void Use(SettlementBuilder settlement, FaultPlan faults) => settlement.UseSqlite(new SqliteStoreOptions
    {
        ConnectionString = ConnectionString,
        Connect = connectionString => new FaultSqliteConnection(connectionString, faults),
    });

    public override async Task<IReadOnlyList<string>> ReadAsync(string sql)
    {
        await using var connection = new SqliteConnection(ConnectionString);
        return await RowText.ReadAsync(connection, sql);
    }

    public override async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection(ConnectionString);
        await connection.ExecuteAsync(sql);
    }

    public override async Task<long> CountAsync(string sql)
    {
        await using var connection = new SqliteConnection(ConnectionString);
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    public override async Task<DbConnection> OpenAsync()
    {
        var connection = new SqliteConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public override string Literal(DateTimeOffset instant) => UnixMicroseconds.From(instant).ToString(CultureInfo.InvariantCulture);

    public override ValueTask DisposeAsync()
    {
        using (var connection = new SqliteConnection(ConnectionString))
            SqliteConnection.ClearPool(connection);
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}

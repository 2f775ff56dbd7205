using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Dapper;
using MySqlConnector;
using Settlements.TestServers;
using Settlements.Testing;

namespace Settlements.MySql.Tests;

/// <summary>
/// A store with a separate database, which the schema creates. The connection string names the application's database, whose tables include
/// one with a name that the store uses too.
/// </summary>
internal sealed partial class OwnDatabaseUnderTest : StoreUnderTest
{
    private readonly MySqlUnderTest _application;

    public OwnDatabaseUnderTest(MySqlServer server)
    {
        _application = new MySqlUnderTest(server);
        ApplicationName = new MySqlConnectionStringBuilder(_application.ConnectionString).Database;
        Name = $"{ApplicationName}_own";
        _application.ExecuteAsync("CREATE TABLE business_days (day INT); INSERT INTO business_days VALUES (7)").GetAwaiter().GetResult();
    }

    /// <summary>The application's database.</summary>
    public StoreUnderTest Application => _application;

    public string ApplicationName { get; }

    /// <summary>The store's database.</summary>
    public string Name { get; }

    public MySqlStoreOptions Options => new() { ConnectionString = _application.ConnectionString, Database = Name };

    /// <summary>Returns whether a contract's statement concerns the application's tables; otherwise it concerns the store's.</summary>
    private string Of(string sql) => Tables().IsMatch(sql)
        ? _application.ConnectionString
        : new MySqlConnectionStringBuilder(_application.ConnectionString) { Database = Name }.ConnectionString;

    public override void Use(SettlementBuilder settlement) => settlement.UseMySql(Options);

    public override void Use(SettlementBuilder settlement, FaultPlan faults) =>
        throw new NotSupportedException("Faults are tried with one database.");

    public override async Task ExecuteAsync(string sql)
    {
        await using var connection = new MySqlConnection(Of(sql));
        await connection.ExecuteAsync(sql);
    }

    public override async Task<long> CountAsync(string sql)
    {
        await using var connection = new MySqlConnection(Of(sql));
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    public override async Task<IReadOnlyList<string>> ReadAsync(string sql)
    {
        await using var connection = new MySqlConnection(Of(sql));
        return await RowText.ReadAsync(connection, sql);
    }

    /// <summary>Opens a connection to the application's database.</summary>
    public override Task<DbConnection> OpenAsync() => _application.OpenAsync();

    public override string Literal(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("\\'yyyy-MM-dd HH:mm:ss.ffffff\\'", CultureInfo.InvariantCulture);

    public override async ValueTask DisposeAsync()
    {
        (await _application.CountAsync("SELECT sum(day) FROM business_days")).Should().Be(7, "the application's table is unchanged");
        await _application.ExecuteAsync($"DROP DATABASE IF EXISTS {Name}");
        await _application.DisposeAsync();
    }

    [GeneratedRegex(@"\b(orders|video_play|plays)\b")]
    private static partial Regex Tables();
}

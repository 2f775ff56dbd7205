using MySqlConnector;

namespace Settlements.MySql.Tests.Loading;

/// <summary>Loads from a reader of MySQL or MariaDB: values are stored unchanged, or an error names the remedy.</summary>
public sealed class ReaderLoadTests(SharedServer shared)
{
    private const string Columns = """
        flag TINYINT(1) NULL, id CHAR(36) NULL, at TIMESTAMP(6) NULL, f FLOAT NULL, d DOUBLE NULL,
            made DATETIME(6) NULL, u BINARY(16) NULL, y YEAR NULL, b BIT(8) NULL,
        e ENUM('a','b') NULL, s SET('a','b') NULL, g POINT NULL, tm TIME(6) NULL, dec1 DECIMAL(30,10) NULL, js JSON NULL
        """;

    [Fact]
    public async Task Every_value_of_a_reader_without_conversions_is_stored_unchanged()
    {
        await using var table = await SourceAsync();
        await table.ExecuteAsync("CREATE TABLE t2 LIKE t");
        await using var connection = await OpenAsync(table, ";TreatTinyAsBoolean=False;GuidFormat=None");
        await using var command = new MySqlCommand(
            """
            SET time_zone = '+00:00';
            SELECT flag, id, CAST(at AS DATETIME(6)) AS at, CAST(f AS DOUBLE) AS f, d, made, u, y, b, e, s, g, tm, dec1, js FROM t
            """, connection);
        await using var reader = await command.ExecuteReaderAsync();

        (await table.Loader.LoadReaderAsync(reader, "t2")).Stored.Should().Be(3);

        const string All = "SELECT flag, id, at, f + 0e0, d, made, u, y, b, e, s, g, CAST(tm AS CHAR), dec1, js FROM {0} ORDER BY flag";
        (await table.RowsAsync(string.Format(null, All, "t2"))).Should().Equal(await table.RowsAsync(string.Format(null, All, "t")));
    }

    [Theory]
    [InlineData("flag", "", "*'flag' is TINYINT(1)*TreatTinyAsBoolean=False*")]
    [InlineData("id", "", "*'id'*GuidFormat=None*")]
    [InlineData("u", ";GuidFormat=LittleEndianBinary16", "*'u'*GuidFormat=None*")]
    [InlineData("at", "", "*'at' is TIMESTAMP*SET time_zone = '+00:00'*CAST(`at` AS DATETIME(6)) AS `at`*")]
    [InlineData("at", ";DateTimeKind=Utc", "*'at' is TIMESTAMP*")]
    [InlineData("f", "", "*'f' is FLOAT*CAST(`f` AS DOUBLE) AS `f`*")]
    [InlineData("made", ";DateTimeKind=Local", "*'made'*time zone*DateTimeKind=Unspecified*")]
    [InlineData("flag, id, at, f", "", "*'flag'*'id'*'at'*'f'*")]
    public async Task A_reader_whose_driver_converts_values_is_refused_with_the_remedy(string columns, string settings, string message)
    {
        await using var table = await SourceAsync();
        await table.ExecuteAsync("CREATE TABLE t2 LIKE t");
        await using var connection = await OpenAsync(table, settings);
#pragma warning disable CA2100 // columns of this file
        await using var command = new MySqlCommand($"SELECT {columns} FROM t", connection);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();

        (await table.Loader.Invoking(l => l.LoadReaderAsync(reader, "t2")).Should().ThrowAsync<ArgumentException>()).WithMessage(message);

        (await table.CountAsync("t2")).Should().Be(0);
    }

    [Fact]
    public async Task A_zero_date_that_the_driver_converts_to_a_date_is_refused()
    {
        await using var table = await SourceAsync();
        await table.ExecuteAsync("SET sql_mode = ''; UPDATE t SET made = '0000-00-00'; CREATE TABLE t2 LIKE t");
        await using var connection = await OpenAsync(table, ";ConvertZeroDateTime=True");
        await using var command = new MySqlCommand("SELECT made FROM t", connection);
        await using var reader = await command.ExecuteReaderAsync();

        (await table.Loader.Invoking(l => l.LoadReaderAsync(reader, "t2")).Should().ThrowAsync<ArgumentException>())
            .WithMessage("*'made'*zero dates*NULLIF(`made`, 0)*");
    }

    private async Task<TableUnderLoad> SourceAsync()
    {
        var table = await TableUnderLoad.CreateAsync(shared.Server, Columns);
        await table.ExecuteAsync("""
            SET time_zone = '+09:00';
            INSERT INTO t VALUES
            (2, '00112233-4455-6677-8899-AABBCCDDEEFF', '2024-07-01 02:00:00.123456', 0.1234567, 0.1e0 + 0.2e0,
             '2024-07-01 23:59:59.999999',
             X'00112233445566778899AABBCCDDEEFF', 0, 200, 'b', 'a,b', POINT(1, 2), '-100:00:00.5',
             12345678901234567890.0123456789, '{"a": 1}'),
            (-128, 'not a uuid', '2001-01-01', 16777217, 1e308, '0001-01-01 00:00:01', X'0A0D0900270000000000000000000000',
             2024, 0, 'a', '', POINT(-1, 0), '838:59:59', 0, 'null'),
            (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
            """);
        return table;
    }

    private static async Task<MySqlConnection> OpenAsync(TableUnderLoad table, string settings)
    {
        var connection = new MySqlConnection(table.ConnectionString + ";Allow User Variables=True" + settings);
        await connection.OpenAsync();
        return connection;
    }
}

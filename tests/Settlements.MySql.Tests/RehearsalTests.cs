using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using Settlements.Rehearsal;
using Settlements.TestServers;
using Settlements.Testing;

namespace Settlements.MySql.Tests;

public sealed class MySqlUpgradeRehearsal(SharedServer shared) : UpgradeRehearsal
{
    protected override Upgrade Upgrade => MySqlRehearsal.Upgrade;

    /// <summary>A crash at any statement takes two seconds; the next test has those that matter.</summary>
    protected override int? ShortInterval => null;

    /// <summary>As if the process had ended after a statement of the upgrade, which it could not record.</summary>
    [Theory]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 0)]
    [InlineData(3, 2)]
    public async Task An_upgrade_that_ended_after_a_statement_is_continued(int version, int statement)
    {
        await using var store = NewStore();
        await using (var first = await Scenario.StartAsync(store, services: s => s.AddSingleton(Upgrade.Version(1))))
        {
            await first.LoadAsync(Scenario.Event(1, Scenario.Monday));
            await first.CloseAsync(Scenario.Monday);
        }

        await using (await Scenario.StartAsync(store, services: s => s.AddSingleton(Upgrade.Version(version - 1))))
        {
        }

        var file = Upgrade.Version(version).All[^1];
        foreach (var executed in SchemaStatement.In(file).Take(statement + 1))
            await store.ExecuteAsync(executed.Text);
        await store.ExecuteAsync("INSERT INTO settlement_schema (number, file, statements, begun) VALUES "
            + FormattableString.Invariant($"({file.Number}, '{file.Name}', {statement}, {statement})"));

        await using var after = await Scenario.StartAsync(store, services: s => s.AddSingleton(Upgrade.Version(version)));
        (await store.CountAsync("SELECT count(*) FROM settlement_schema WHERE applied_at IS NOT NULL")).Should().Be(version);
        (await store.CountAsync("SELECT count(*) FROM day_notes")).Should().Be(1);
        await after.CloseAsync(Scenario.Monday.AddDays(1));
    }

    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);
}

public sealed class MySqlRestoreRehearsal(SharedServer shared) : RestoreRehearsal
{
    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override Task<Func<Task<StoreUnderTest>>> BackUpAsync(StoreUnderTest store) => MySqlRehearsal.BackUpAsync(store);
}

public sealed class MySqlYearRehearsal(SharedServer shared) : YearRehearsal
{
    protected override Upgrade Upgrade => MySqlRehearsal.Upgrade;

    protected override StoreUnderTest NewStore() => new MySqlUnderTest(shared.Server);

    protected override Task<Func<Task<StoreUnderTest>>> BackUpAsync(StoreUnderTest store) => MySqlRehearsal.BackUpAsync(store);
}

internal static class MySqlRehearsal
{
    public static Upgrade Upgrade { get; } = new(
        typeof(MySqlStoreOptions).Assembly,
        """
        CREATE TABLE day_notes (
            day        DATE   NOT NULL PRIMARY KEY,
            line_count BIGINT NOT NULL
        ) ENGINE = InnoDB;
        INSERT IGNORE INTO day_notes (day, line_count)
            SELECT d.day, count(*) FROM business_days d JOIN settlement_lines l ON l.run_id = d.run_id GROUP BY d.day;
        ALTER TABLE settlement_lines ADD COLUMN label VARBINARY(64) NOT NULL DEFAULT '';

        """,
        """
        ALTER TABLE day_notes ADD COLUMN is_reviewed TINYINT NOT NULL DEFAULT 0;
        UPDATE day_notes SET is_reviewed = 1;
        CREATE INDEX settlement_lines_by_item ON settlement_lines (meter, item_id);

        """);

    /// <summary>By mariadb-dump in one transaction, restored by mariadb on a server that is started for it.</summary>
    public static async Task<Func<Task<StoreUnderTest>>> BackUpAsync(StoreUnderTest store)
    {
        var dump = ProgramPath.Find("mariadb-dump") ?? ProgramPath.Find("mysqldump");
        var client = ProgramPath.Find("mariadb") ?? ProgramPath.Find("mysql");
        Assert.SkipUnless(
            dump is not null && client is not null && MySqlServer.FindBinary() is not null,
            "mariadb-dump, mariadb or a server binary is not on PATH: ./build.sh tools installs them on Debian.");
        var from = new MySqlConnectionStringBuilder(((MySqlUnderTest)store).ConnectionString);
        var file = Path.GetTempFileName();
        await RunAsync(dump!, from, null, file, "--single-transaction", "--skip-lock-tables", from.Database);
        return async () =>
        {
            try
            {
                var other = new MySqlUnderTest(await MySqlServer.StartAsync()) { OwnsServer = true };
                var to = new MySqlConnectionStringBuilder(other.ConnectionString);
                await RunAsync(client!, to, file, null, to.Database);
                return other;
            }
            finally
            {
                File.Delete(file);
            }
        };
    }

    private static async Task RunAsync(
        string program, MySqlConnectionStringBuilder server, string? input, string? output, params string[] arguments)
    {
        string[] connection =
        [
            "--no-defaults", "--protocol=tcp", $"--host={server.Server}",
            string.Create(CultureInfo.InvariantCulture, $"--port={server.Port}"), $"--user={server.UserID}",
        ];
        var start = new ProcessStartInfo(program, [.. connection, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["MYSQL_PWD"] = server.Password;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await using var file = File.OpenRead(input);
            await file.CopyToAsync(process.StandardInput.BaseStream);
        }

        process.StandardInput.Close();
        if (output is null)
        {
            await process.StandardOutput.ReadToEndAsync();
        }
        else
        {
            await using var file = File.Create(output);
            await process.StandardOutput.BaseStream.CopyToAsync(file);
        }

        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, await errors);
    }
}

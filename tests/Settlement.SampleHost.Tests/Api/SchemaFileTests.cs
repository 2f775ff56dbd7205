using System.Security.Cryptography;
using System.Text;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Mail;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>The schema files of the platform, which databases of earlier programs have applied.</summary>
public sealed class SchemaFileTests(MySqlForApi mySql)
{
    private const string Prefix = "Settlement.SampleHost.Database.Schema.";

    /// <summary>The first 16 hexadecimal digits of the SHA-256 of each file.</summary>
    private static readonly Dictionary<string, string> Hashes = new(StringComparer.Ordinal)
    {
        ["MySql/0001_platform.sql"] = "d80f9fb606d09a5a",
        ["MySql/0002_scheduling.sql"] = "fd2c0e433d27f8f0",
        ["MySql/0003_instances.sql"] = "97337d04e19f8db0",
        ["MySql/0004_viewings.sql"] = "5860097626b1441f",
        ["MySql/0005_users.sql"] = "43a850972ff7c239",
        ["MySql/0006_plays.sql"] = "af453dc0c4a484b0",
        ["MySql/0007_sessions.sql"] = "0a7a2a222543fa7f",
        ["MySql/0008_cancelled_closes.sql"] = "6b24ec66833d4980",
        ["MySql/0009_settings.sql"] = "00e44575e73abeaa",
        ["MySql/0010_corrections.sql"] = "4c3ec6fee6d92594",
        ["MySql/0011_audit.sql"] = "c9736a1aee72c98c",
        ["MySql/0020_uploads.sql"] = "8c0ffde425a72f0d",
        ["MySql/0021_usage_outbox.sql"] = "ab9c4e9679da9606",
        ["MySql/0022_mail_token_stamps.sql"] = "ae7c7cb14cfa655b",
        ["MySql/0023_usage_outbox_index.sql"] = "41798ad0916e6378",
        ["Sqlite/0001_platform.sql"] = "9d6c4d76567d8909",
        ["Sqlite/0002_scheduling.sql"] = "ac9a690e1603e957",
        ["Sqlite/0003_instances.sql"] = "0ceb0e95064eec05",
        ["Sqlite/0004_viewings.sql"] = "2baa8ce8f610e909",
        ["Sqlite/0005_users.sql"] = "eae54e61737939bf",
        ["Sqlite/0006_plays.sql"] = "f72e8d4d6c63269a",
        ["Sqlite/0007_sessions.sql"] = "0fd2c8f204b3cb14",
        ["Sqlite/0008_cancelled_closes.sql"] = "d8e545f93cc3090b",
        ["Sqlite/0009_settings.sql"] = "ddef5564e8150629",
        ["Sqlite/0010_corrections.sql"] = "b2dd8cc1f1bb9eac",
        ["Sqlite/0011_audit.sql"] = "6fda7e09c1d137e1",
        ["Sqlite/0020_uploads.sql"] = "db6a08d1e87a4650",
        ["Sqlite/0021_usage_outbox.sql"] = "3edea183f29b60d7",
        ["Sqlite/0022_mail_token_stamps.sql"] = "c8e6a71ed954cbf6",
        ["Sqlite/0023_usage_outbox_index.sql"] = "a74e0b231b375202",
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void A_file_is_never_changed_since_databases_that_applied_it_would_not_get_the_change()
    {
        var assembly = typeof(PlatformDatabase).Assembly;
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var bytes = Encoding.UTF8.GetBytes(reader.ReadToEnd().ReplaceLineEndings("\n"));
            var (engine, file) = (name[Prefix.Length..].Split('.', 2)[0], name[Prefix.Length..].Split('.', 2)[1]);
            files[$"{engine}/{file}"] = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
        }

        files.Should().BeEquivalentTo(Hashes, "a change is a new file, of which the hash is added here");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_database_gets_the_stamps_of_mail_tokens_whether_its_file_0007_had_them_or_not(bool isMySql, bool hadThem)
    {
        await using var platform = await PlatformUnderTest.StartAsync(isMySql ? await mySql.CreateAsync() : null);
        var ann = await platform.LogInAsync();
        var (database, tokens) = (platform.Service<PlatformDatabase>(), platform.Service<MailTokenTable>());
        var normalized = ann.Email.ToUpperInvariant();
        var before = await AddAsync();
        await database.WriteAsync(
            async sql =>
            {
                await sql.ExecuteAsync("DELETE FROM platform_schema WHERE number >= 22");
                await sql.ExecuteAsync($"DROP INDEX usage_outbox_by_time {(isMySql ? "ON usage_outbox" : "")}");
                if (!hadThem)
                    await sql.ExecuteAsync("ALTER TABLE mail_tokens DROP COLUMN security_stamp");
            },
            Cancelled);
        (await database.HasSchemaAsync(Cancelled)).Should().BeFalse();

        await database.ApplySchemaAsync(platform.Clock, Cancelled);

        (await database.HasSchemaAsync(Cancelled)).Should().BeTrue();
        (await tokens.FindAsync(await AddAsync(), MailPurpose.ResetPassword, Cancelled)).Should().Be(ann.UserId);
        (await tokens.FindAsync(before, MailPurpose.ResetPassword, Cancelled)).Should().Be(hadThem ? ann.UserId : null);

        async Task<string> AddAsync() => (await tokens.TryAddAsync(
            ann.UserId, normalized, MailPurpose.ResetPassword, TimeSpan.FromHours(1), 10, Cancelled))!;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_earliest_event_that_waits_is_found_by_an_index(bool isMySql)
    {
        await using var platform = await PlatformUnderTest.StartAsync(isMySql ? await mySql.CreateAsync() : null);

        var columns = await platform.Service<PlatformDatabase>().ReadAsync(
            sql => sql.ListAsync<string>(isMySql
                ? "SELECT column_name FROM information_schema.statistics WHERE table_schema = database() "
                    + "AND table_name = 'usage_outbox' AND seq_in_index = 1"
                : "SELECT i.name FROM pragma_index_list('usage_outbox') l, pragma_index_info(l.name) i WHERE i.seqno = 0"),
            Cancelled);

        columns.Should().Contain("occurred_at");
    }
}

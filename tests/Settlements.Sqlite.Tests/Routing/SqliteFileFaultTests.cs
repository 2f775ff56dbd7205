using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Routing;

namespace Settlements.Sqlite.Tests.Routing;

/// <summary>Invalid connection strings and unusable files are reported immediately, with a remedy.</summary>
public sealed class SqliteFileFaultTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("settlement-sqlite-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("Data Source=", "*has no Data Source*Data Source=shop.db*")]
    [InlineData("Data Source=:memory:", "*in-memory*")]
    [InlineData("Data Source=shop;Mode=Memory;Cache=Shared", "*in-memory*Cache=Shared*")]
    [InlineData("Data Source=file::memory:?cache=shared", "*in-memory*")]
    [InlineData("Data Source=file:shop.db?mode=ro", "*URI*")]
    [InlineData("Data Source=shop.db;Cache=Shared", "*Cache=Shared*Remove Cache*")]
    [InlineData("Data Source=shop.db;Mode=ReadOnly;Password=hunter2", "*Mode=ReadOnly*")]
    [InlineData("Data Sauce=shop.db;Password=hunter2", "*can't be parsed*")]
    public void An_invalid_connection_string_is_refused_and_not_quoted(string connectionString, string message)
    {
        var source = FluentActions.Invoking(() => new SqliteMultiHostDataSource(connectionString))
            .Should().Throw<ArgumentException>().WithMessage(message).Which;
        var services = FluentActions.Invoking(() => new ServiceCollection().AddSqliteMultiHostDataSource(connectionString))
            .Should().Throw<ArgumentException>().WithMessage(message).Which;

        (source.Message + services.Message).Should().NotContain("hunter2");
    }

    [Fact]
    public void The_ConnectionString_property_has_no_password()
    {
        using var source = new SqliteMultiHostDataSource(
            $"Data Source={Path.Combine(_folder.FullName, "shop.db")};Password=hunter2;Default Timeout=3");

        (source.ConnectionString + source.Primary.ConnectionString).Should().NotContain("hunter2").And.Contain("Default Timeout=3");
    }

    [Theory]
    [InlineData("Data Source={0}/missing/shop.db")]
    [InlineData("Data Source={0}/shop.db;Mode=ReadWrite")]
    [InlineData("Data Source={0}")]
    public async Task An_error_for_a_file_that_can_not_be_opened_has_a_remedy(string format)
    {
        await using var source = new SqliteMultiHostDataSource(string.Format(null, format, _folder.FullName));

        var failure = (await source.Invoking(s => s.StartAsync()).Should().ThrowAsync<RoutingException>()
            .WithMessage("*can't be opened*Check that the folder*")).Which;

        failure.IsTransient.Should().BeFalse();
        source.Servers[0].State.Should().Be(ServerState.Down);
        source.Servers[0].Detail.Should().Contain("unable to open");
        await source.Invoking(s => s.OpenConnectionAsync(DatabaseAccess.Read).AsTask()).Should().ThrowAsync<RoutingException>();
    }

    [Fact]
    public async Task StartAsync_fails_for_a_file_that_is_no_database()
    {
        var file = Path.Combine(_folder.FullName, "letter.txt");
        await File.WriteAllTextAsync(file, new string('x', 4096));
        await using var source = new SqliteMultiHostDataSource($"Data Source={file}");

        await source.Invoking(s => s.StartAsync()).Should().ThrowAsync<RoutingException>().WithMessage("*not a database*");
    }

    [Fact]
    public async Task A_file_locked_at_start_is_a_transient_error_after_the_default_timeout()
    {
        var file = Path.Combine(_folder.FullName, "shop.db");
        await using var other = new SqliteConnection($"Data Source={file};Pooling=False");
        await other.ExecuteAsync("CREATE TABLE play (id INTEGER)");
        await other.OpenAsync();
        await other.ExecuteAsync("BEGIN EXCLUSIVE");
        await using var source = new SqliteMultiHostDataSource($"Data Source={file};Default Timeout=1");

        (await source.Invoking(s => s.StartAsync()).Should().ThrowAsync<RoutingException>().WithMessage("*locked*Default Timeout*"))
            .Which.IsTransient.Should().BeTrue();

        await other.ExecuteAsync("ROLLBACK");
        await source.StartAsync();
        source.Servers[0].Should().Match<ServerStatus>(
            h => h.State == ServerState.Up && h.Detail.Length == 0, "a good look lets it in again");
    }

    [Fact]
    public async Task Writing_to_a_file_without_write_permission_is_refused()
    {
        var file = Path.Combine(_folder.FullName, "shop.db");
        await using (var other = new SqliteConnection($"Data Source={file};Pooling=False"))
            await other.ExecuteAsync("CREATE TABLE play (id INTEGER)");
        File.SetAttributes(file, FileAttributes.ReadOnly);
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root may write to every file");
        await using var source = new SqliteMultiHostDataSource($"Data Source={file}");

        await source.Invoking(s => s.StartAsync()).Should().ThrowAsync<RoutingException>().WithMessage("*can't be written*permissions*");
    }
}

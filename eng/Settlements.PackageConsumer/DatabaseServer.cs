using System.Globalization;
using Settlements.TestServers;

namespace Settlements.PackageConsumer;

/// <summary>A new server of MariaDB or MySQL, with a database for each program and a user with a password. Disposal ends it.</summary>
internal sealed class DatabaseServer : IAsyncDisposable
{
    private static readonly string[] Setup =
    [
        "CREATE DATABASE settlement", "CREATE DATABASE readme",
        "CREATE USER settlement IDENTIFIED BY 'secret'", "GRANT ALL ON *.* TO settlement",
    ];

    private readonly MySqlServer _server;

    private DatabaseServer(MySqlServer server) => _server = server;

    /// <returns>The running server; null if there is no binary, which is printed.</returns>
    public static async Task<DatabaseServer?> TryStartAsync()
    {
        if (MySqlServer.FindBinary() is null)
        {
            Console.WriteLine(
                "Neither mariadbd nor mysqld is on PATH: the programs that need a server are skipped. Install mariadb-server to run them.");
            return null;
        }

        try
        {
            var server = new DatabaseServer(await MySqlServer.StartAsync());
            return await server.SetUpAsync();
        }
        catch (InvalidOperationException e)
        {
            throw new CheckFailedException(e.Message);
        }
    }

    public string ConnectionString(string database) => string.Create(
        CultureInfo.InvariantCulture, $"Server=127.0.0.1;Port={_server.Port};User ID=settlement;Password=secret;Database={database}");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<DatabaseServer> SetUpAsync()
    {
        try
        {
            foreach (var statement in Setup)
                await _server.ExecuteAsync(statement);
            return this;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }
}

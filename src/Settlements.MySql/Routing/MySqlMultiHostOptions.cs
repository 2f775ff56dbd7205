using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Options of a <see cref="MySqlMultiHostDataSource"/>: a database on several MySQL or MariaDB servers.</summary>
public sealed record MySqlMultiHostOptions
{
    /// <summary>The maximum number of servers: 64.</summary>
    public const int ServersMax = 64;

    /// <summary>
    /// The settings that all servers share, as an ADO.NET connection string: <c>User ID=app;Password=…;Database=shop</c>. It may also list
    /// the servers: <c>Server=db1,db2:3307,db3;User ID=…</c>. Each server and access mode has a separate pool with these settings.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>The servers, in addition to those in the connection string. In any order: the primary is detected.</summary>
    public IReadOnlyList<ServerAddress> Servers { get; init; } = [];

    /// <summary>How servers are monitored and chosen.</summary>
    public RoutingOptions Routing { get; init; } = new();

    /// <summary>
    /// Returns the password of a connection that is about to be opened, probes included; null if the connection string contains the
    /// password, or if none is needed. Use it for rotated passwords. It is called often and concurrently, so it must return a cached value
    /// immediately.
    /// </summary>
    public Func<MySqlProvidePasswordContext, string>? PasswordProvider { get; init; }

    /// <summary>The password and certificates: set by the library's store, otherwise taken from <see cref="PasswordProvider"/>.</summary>
    internal ConnectionCredentials? Credentials
    {
        get => field ?? (PasswordProvider is null ? null : new ConnectionCredentials(PasswordProvider));
        init;
    }

    /// <summary>Whether a pooled connection is reset before it is reused; false only in benchmarks of the router's overhead.</summary>
    internal bool IsReset { get; init; } = true;

    /// <summary>Returns the servers of the connection string, then those of <see cref="Servers"/>.</summary>
    internal IReadOnlyList<ServerAddress> AllServers()
    {
        var builder = Read(ConnectionString)!;
        var named = builder.ContainsKey("Server") ? builder.Server.Split(',') : [];
        return [.. named.Select(text => ServerAddress.Parse(text, (int)builder.Port)), .. Servers];
    }

    /// <summary>Validates the options.</summary>
    /// <returns>All validation errors, without the password; empty if the options are valid.</returns>
    internal IEnumerable<string> Validate()
    {
        const string Example = "Write for example: Server=db1,db2,db3;User ID=app;Password=…;Database=shop";
        if (Read(ConnectionString) is null)
        {
            yield return "The connection string can't be read: a keyword in it is unknown, or a "
                + $"value with ; or = is not in quotes. {Example}";
            yield break;
        }

        IReadOnlyList<ServerAddress> servers = [];
        string? unreadable = null;
        try
        {
            servers = AllServers();
        }
        catch (FormatException e)
        {
            unreadable = $"The connection string lists a server without a name or with an invalid port: {e.Message}";
        }

        if (unreadable is not null)
            yield return unreadable;
        else if (servers.Count == 0)
            yield return $"The connection string names no server; the driver would connect to localhost. {Example}";
        if (servers.Count > ServersMax)
            yield return FormattableString.Invariant($"{servers.Count} servers are listed; use at most {ServersMax}.");
        foreach (var server in servers)
        {
            if (string.IsNullOrWhiteSpace(server.Server))
                yield return "A server's name is empty; the driver would connect to localhost. Set the name.";
            if (server.Port is < 1 or > 65535)
                yield return FormattableString.Invariant($"The port of server '{server}' is {server.Port}; use 1 to 65535.");
            if (server.Weight is < 1 or > 1000)
                yield return FormattableString.Invariant($"The weight of server '{server}' is {server.Weight}; use 1 to 1000.");
        }

        foreach (var repeated in servers.GroupBy(s => s.ToString(), StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
        {
            yield return FormattableString.Invariant(
                $"Server '{repeated.Key}' is listed {repeated.Count()} times; list it once, and use a weight to send it more reads.");
        }

        foreach (var error in Routing.Validate())
            yield return error;
    }

    /// <summary>Returns the options as text, without the connection string, which may contain a password.</summary>
    /// <returns>The servers and routing options.</returns>
    public override string ToString() => $"MySqlMultiHostOptions {{ Servers = {string.Join(", ", Servers)}, Routing = {Routing} }}";

    private static MySqlConnectionStringBuilder? Read(string connectionString)
    {
        try
        {
            return new MySqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}

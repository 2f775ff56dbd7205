using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>A database on several MySQL or MariaDB hosts.</summary>
public sealed record MySqlMultiHostOptions
{
    /// <summary>The most hosts: 64.</summary>
    public const int HostsMax = 64;

    /// <summary>
    /// What all hosts have in common, as an ADO.NET connection string: <c>User ID=app;Password=…;Database=shop</c>. It may name the hosts too:
    /// <c>Server=db1,db2:3307,db3;User ID=…</c>. Each host and access has its own pool with these settings.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>The hosts, beside those that the connection string names. In any order: which is the primary is found out.</summary>
    public IReadOnlyList<ServerAddress> Hosts { get; init; } = [];

    /// <summary>How hosts are watched and chosen.</summary>
    public RoutingOptions Routing { get; init; } = new();

    /// <summary>
    /// The password of a connection that is about to be opened, probes included, where the connection string holds none; null where it does, or where none
    /// is needed. For passwords that change. Called often and at the same time: it returns at once what something else has fetched.
    /// </summary>
    public Func<MySqlProvidePasswordContext, string>? PasswordProvider { get; init; }

    /// <summary>Where password and certificates come from; for the library's own stores, and else the provider's.</summary>
    internal ConnectionCredentials? Credentials
    {
        get => field ?? (PasswordProvider is null ? null : new ConnectionCredentials(PasswordProvider));
        init;
    }

    /// <summary>Whether a pooled connection is reset before its next use; not so only where the router's own cost is measured.</summary>
    internal bool IsReset { get; init; } = true;

    /// <summary>The hosts of both places, in order.</summary>
    internal IReadOnlyList<ServerAddress> AllHosts()
    {
        var builder = Read(ConnectionString)!;
        var named = builder.ContainsKey("Server") ? builder.Server.Split(',') : [];
        return [.. named.Select(text => ServerAddress.Parse(text, (int)builder.Port)), .. Hosts];
    }

    /// <summary>Everything that is wrong, in words that show no password; empty when all is fine.</summary>
    /// <returns>The faults.</returns>
    public IEnumerable<string> Validate()
    {
        const string Example = "Write for example: Server=db1,db2,db3;User ID=app;Password=…;Database=shop";
        if (Read(ConnectionString) is null)
        {
            yield return $"The connection string can't be read: a keyword in it is unknown, or a value with ; or = is not in quotes. {Example}";
            yield break;
        }

        IReadOnlyList<ServerAddress> hosts = [];
        string? unreadable = null;
        try
        {
            hosts = AllHosts();
        }
        catch (FormatException e)
        {
            unreadable = $"A host of the connection string is empty or has a bad port: {e.Message}";
        }

        if (unreadable is not null)
            yield return unreadable;
        else if (hosts.Count == 0)
            yield return $"No host is named; without one the driver would go to localhost. {Example}";
        if (hosts.Count > HostsMax)
            yield return FormattableString.Invariant($"{hosts.Count} hosts are named; use at most {HostsMax}.");
        foreach (var host in hosts)
        {
            if (string.IsNullOrWhiteSpace(host.Server))
                yield return "A host's name is empty; without it the driver would go to localhost. Name the host.";
            if (host.Port is < 1 or > 65535)
                yield return FormattableString.Invariant($"The port of host '{host}' is {host.Port}; use 1 to 65535.");
            if (host.Weight is < 1 or > 1000)
                yield return FormattableString.Invariant($"The weight of host '{host}' is {host.Weight}; use 1 to 1000.");
        }

        foreach (var twice in hosts.GroupBy(h => h.ToString(), StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
            yield return FormattableString.Invariant($"Host '{twice.Key}' is named {twice.Count()} times; name each once, and give it a weight instead.");
        foreach (var fault in Routing.Validate())
            yield return fault;
    }

    /// <summary>Without the connection string, which may hold a password.</summary>
    /// <returns>The other options.</returns>
    public override string ToString() => $"MySqlMultiHostOptions {{ Hosts = {string.Join(", ", Hosts)}, Routing = {Routing} }}";

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

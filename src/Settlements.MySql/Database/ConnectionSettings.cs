using System.Globalization;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Where the store's connections go and what they begin with, from a connection string or from a data source of the application.</summary>
/// <param name="Builder">The settings, with what the store relies on; with a router without its servers.</param>
/// <param name="Beside">The database that the application named; empty for none.</param>
/// <param name="Credentials">Where each connection's password and certificates come from, when it is not the connection string.</param>
/// <param name="Router">The application's, which chooses the servers; null for those of the connection string.</param>
internal sealed record ConnectionSettings(
    MySqlConnectionStringBuilder Builder, string Beside, ConnectionCredentials? Credentials, MySqlMultiHostDataSource? Router)
{
    /// <summary>The store's own.</summary>
    public string Database => Builder.Database;

    /// <summary>The application's, where it is another one than the store's; else null.</summary>
    public string? ApplicationDatabase => Beside.Length == 0 || Beside == Database ? null : Beside;

    /// <summary>For messages: the connection string may hold a password, database and server do not.</summary>
    public string Place => Router is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Database} on {Builder.Server}:{Builder.Port}")
        : $"{Database} on {Router.Names}";

    public static ConnectionSettings Of(MySqlStoreOptions options)
    {
        var router = options.DataSource as MySqlMultiHostDataSource;
        var source = options.DataSource as MySqlDataSource;
        var text = router?.Settings.ConnectionString ?? (source is null ? options.ConnectionString : ConnectionCredentials.ConnectionString(source));
        var builder = new MySqlConnectionStringBuilder(text)
        {
            AllowLoadLocalInfile = true, // for streams of our own only: the bulk loader refuses any other file the server might ask for
            AllowUserVariables = true,
            AllowZeroDateTime = false,
            ConvertZeroDateTime = false,
            ConnectionReset = true, // else what one use left in a session would be the next one's
            DateTimeKind = MySqlDateTimeKind.Utc,
            DefaultCommandTimeout = (uint)options.CommandTimeout.TotalSeconds,
            Keepalive = 30, // seconds: a network that died in silence is found out, also where a stream has no timeout of its own
            GuidFormat = MySqlGuidFormat.None,
            IgnoreCommandTransaction = false,
            NoBackslashEscapes = false,
            OldGuids = false,
            TreatTinyAsBoolean = false,
            UseAffectedRows = false,
        };
        var beside = builder.Database;
        if (options.Database is not null)
            builder.Database = options.Database;
        return new ConnectionSettings(builder, beside, source is null ? router?.Settings.Credentials : new ConnectionCredentials(source), router);
    }
}

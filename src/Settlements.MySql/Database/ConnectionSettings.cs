using System.Globalization;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>The settings of the store's connections, from a connection string or from the application's data source.</summary>
/// <param name="Builder">The connection string with the settings that the store relies on; without servers if there is a router.</param>
/// <param name="ConfiguredDatabase">The database of the connection string; empty for none.</param>
/// <param name="Credentials">The source of password and certificates; null if the connection string contains them.</param>
/// <param name="Router">The application's router, which chooses the servers; null to use the servers of the connection string.</param>
internal sealed record ConnectionSettings(
    MySqlConnectionStringBuilder Builder, string ConfiguredDatabase, ConnectionCredentials? Credentials, MySqlMultiHostDataSource? Router)
{
    /// <summary>Whether sessions only read, with what every engine of the protocol has: for a source whose engine sums.</summary>
    public bool IsPortable { get; init; }

    /// <summary>How long the server waits for the next statement of an open transaction.</summary>
    public TimeSpan TransactionIdleMax { get; init; }

    /// <summary>The store's database.</summary>
    public string Database => Builder.Database;

    /// <summary>The application's database if it differs from the store's; otherwise null.</summary>
    public string? ApplicationDatabase => ConfiguredDatabase.Length == 0 || ConfiguredDatabase == Database ? null : ConfiguredDatabase;

    /// <summary>Database and server, for messages: unlike the connection string, they contain no password.</summary>
    public string Location => Router is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Database} on {Builder.Server}:{Builder.Port}")
        : $"{Database} on {Router.Names}";

    /// <summary>
    /// Returns the settings of a pool whose connections are not reset: that costs a round trip, and another one to initialize the session.
    /// </summary>
    public ConnectionSettings Retained() => this with
    {
        Builder = new MySqlConnectionStringBuilder(Builder.ConnectionString)
        { ConnectionReset = false },
    };

    /// <summary>Returns the statements that initialize a session.</summary>
    public string InitialStatements(MySqlConnection connection, DatabaseAccess access) => IsPortable
        ? ConnectionSession.PortableStatements(connection, access)
            : ConnectionSession.InitialStatements(connection, access, TransactionIdleMax);

    public static ConnectionSettings Of(MySqlStoreOptions options)
    {
        var router = options.DataSource as MySqlMultiHostDataSource;
        var source = options.DataSource as MySqlDataSource;
        var text = router?.Settings.ConnectionString
            ?? (source is null ? options.ConnectionString : ConnectionCredentials.ConnectionString(source));
        var builder = new MySqlConnectionStringBuilder(text)
        {
            AllowLoadLocalInfile = true, // for the library's streams only: the bulk loader refuses any other file that the server requests
            AllowUserVariables = true,
            AllowZeroDateTime = false,
            ConvertZeroDateTime = false,
            ConnectionReset = true, // otherwise session state would leak to the next use of the connection
            DateTimeKind = MySqlDateTimeKind.Utc,
            DefaultCommandTimeout = (uint)options.CommandTimeout.TotalSeconds,
            Keepalive = 30, // seconds: detects a lost network, also for streams without a timeout
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
        return new ConnectionSettings(
            builder, beside, source is null ? router?.Settings.Credentials : new ConnectionCredentials(source), router)
        { TransactionIdleMax = options.TransactionIdleMax };
    }
}

using Microsoft.Extensions.Options;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>What is wrong with the options of the store: all of it at once, with the remedies.</summary>
/// <param name="options">The options that are known only when the services are.</param>
internal sealed class MySqlStoreFaults(Func<MySqlStoreOptions> options) : IValidateOptions<SettlementOptions>
{
    public ValidateOptionsResult Validate(string? name, SettlementOptions settlement) =>
        Of(options()).ToList() is { Count: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;

    public static IEnumerable<string> Of(MySqlStoreOptions options)
    {
        if (options.CommandTimeout < TimeSpan.FromSeconds(1) || options.CommandTimeout > TimeSpan.FromDays(1))
            yield return $"CommandTimeout is {options.CommandTimeout}; use 1 second to 1 day.";
        if (options.RetriesMax is < 0 or > 100)
            yield return FormattableString.Invariant($"RetriesMax is {options.RetriesMax}; use 0 to 100.");
        if (options.WriterWaitMax < TimeSpan.FromSeconds(1) || options.WriterWaitMax > TimeSpan.FromHours(1))
            yield return FormattableString.Invariant($"WriterWaitMax is {options.WriterWaitMax}; use 1 second to 1 hour.");
        foreach (var fault in options.Routing.Validate())
            yield return fault;
        if (options.Database is { } database && (database.Length is 0 or > 64 || database.Contains('.', StringComparison.Ordinal) || string.IsNullOrWhiteSpace(database)))
        {
            yield return $"Database is '{database}'; use a name of 1 to 64 characters without a dot, which separates a database from its table, for example "
                + "settlement.";
        }

        foreach (var fault in options.DataSource is null ? ConnectionFaults(options) : SourceFaults(options))
            yield return fault;
    }

    /// <summary>
    /// Beside a database of the store's own, the application's tables are named as database.table, and the first dot ends the database's name. With one
    /// database for both nothing is named so.
    /// </summary>
    private static IEnumerable<string> BesideFaults(MySqlStoreOptions options, string beside)
    {
        if (options.Database is { } database && database != beside && beside.Contains('.', StringComparison.Ordinal))
        {
            yield return $"The application's database is '{beside}', and MySqlStoreOptions.Database is '{database}': a name with a dot can't be used beside "
                + "a database of the store's own, since a dot separates a database from its table. Give the application's database a name without a dot, or "
                + "leave MySqlStoreOptions.Database out, so that the store's tables are in the application's database.";
        }
    }

    /// <summary>Never shows the connection string itself: it may hold a password.</summary>
    private static IEnumerable<string> ConnectionFaults(MySqlStoreOptions options)
    {
        var connectionString = options.ConnectionString;
        const string Example = "Write for example: Server=db1;User ID=settlement;Password=…;Database=settlement";
        MySqlConnectionStringBuilder builder;
        string? unreadable = null;
        try
        {
            builder = new MySqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException)
        {
            // Without what the driver says: an unquoted semicolon makes it show a part of the password.
            builder = [];
            unreadable = $"The MySQL connection string can't be read: a keyword in it is unknown, or a value with ; or = is not in quotes. {Example}";
        }

        if (unreadable is not null)
        {
            yield return unreadable;
            yield break;
        }

        // The driver's own default would be localhost: nobody is sent there by accident.
        if (string.IsNullOrWhiteSpace(builder.Server) || !builder.ContainsKey("Server"))
            yield return $"The MySQL connection string names no server. {Example}";
        else
        {
            foreach (var fault in new MySqlMultiHostOptions { ConnectionString = connectionString }.Validate())
                yield return fault;
        }

        if (string.IsNullOrWhiteSpace(builder.Database) && options.Database is null)
            yield return $"The MySQL connection string names no database. {Example}";
        foreach (var fault in BesideFaults(options, builder.Database))
            yield return fault;
    }

    private static IEnumerable<string> SourceFaults(MySqlStoreOptions options)
    {
        if (options.ConnectionString.Length > 0)
            yield return "Both ConnectionString and DataSource are given. Give one of them.";
        var named = options.DataSource switch
        {
            MySqlDataSource source => ConnectionCredentials.ConnectionString(source),
            MySqlMultiHostDataSource router => router.Settings.ConnectionString,
            _ => null,
        };
        if (named is null)
        {
            yield return $"DataSource is a {options.DataSource!.GetType().FullName}; use a MySqlDataSource of MySqlConnector, or the MySqlMultiHostDataSource itself, "
                + "not one of its plain data sources: the store chooses between its servers.";
        }
        else if (options.Database is null && string.IsNullOrWhiteSpace(new MySqlConnectionStringBuilder(named).Database))
        {
            yield return "The connection string of the DataSource names no database. Name the one that holds the store's tables in MySqlStoreOptions.Database, for example settlement.";
        }
        else
        {
            foreach (var fault in BesideFaults(options, new MySqlConnectionStringBuilder(named).Database))
                yield return fault;
        }
    }
}

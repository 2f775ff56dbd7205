using Microsoft.Extensions.Options;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Validates the store's options; all validation errors are reported at once, with remedies.</summary>
/// <param name="options">Returns the options, which may depend on services.</param>
internal sealed class MySqlStoreValidation(Func<MySqlStoreOptions> options) : IValidateOptions<SettlementOptions>
{
    public ValidateOptionsResult Validate(string? name, SettlementOptions settlement) =>
        Validate(options()).ToList() is { Count: > 0 } errors ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;

    public static IEnumerable<string> Validate(MySqlStoreOptions options)
    {
        if (options.CommandTimeout < TimeSpan.FromSeconds(1) || options.CommandTimeout > TimeSpan.FromDays(1))
            yield return $"CommandTimeout is {options.CommandTimeout}; use 1 second to 1 day.";
        if (options.RetriesMax is < 0 or > 100)
            yield return FormattableString.Invariant($"RetriesMax is {options.RetriesMax}; use 0 to 100.");
        if (options.WriterWaitMax < TimeSpan.FromSeconds(1) || options.WriterWaitMax > TimeSpan.FromHours(1))
            yield return FormattableString.Invariant($"WriterWaitMax is {options.WriterWaitMax}; use 1 second to 1 hour.");
        if (options.TransactionIdleMax < TimeSpan.FromSeconds(1) || options.TransactionIdleMax > TimeSpan.FromHours(1)
            || options.TransactionIdleMax.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            yield return FormattableString.Invariant(
                $"TransactionIdleMax is {options.TransactionIdleMax}; use 1 second to 1 hour, in whole seconds.");
        }

        foreach (var error in options.Routing.Validate())
            yield return error;
        if (options.Database is { } database
            && (database.Length is 0 or > 64 || database.Contains('.', StringComparison.Ordinal) || string.IsNullOrWhiteSpace(database)))
        {
            yield return $"Database is '{database}'; use a name of 1 to 64 characters without a dot, which separates "
                + "database and table, for example settlement.";
        }

        foreach (var error in options.DataSource is null ? ValidateConnectionString(options) : ValidateDataSource(options))
            yield return error;
    }

    /// <summary>
    /// With a separate database for the store, statements name the application's tables as database.table, and the first dot ends the
    /// database's name. With one database for both, names are not qualified.
    /// </summary>
    private static IEnumerable<string> ValidateApplicationDatabase(MySqlStoreOptions options, string applicationDatabase)
    {
        if (options.Database is { } database && database != applicationDatabase
            && applicationDatabase.Contains('.', StringComparison.Ordinal))
        {
            yield return $"The application's database is '{applicationDatabase}', and MySqlStoreOptions.Database is '{database}': with a "
                + "separate database for the store, the application's database can't have a dot in its name, which separates database and "
                + "table. Use a name without a dot, or omit MySqlStoreOptions.Database, so that the store's "
                + "tables are in the application's database.";
        }
    }

    /// <summary>The errors never contain the connection string, which may contain a password.</summary>
    private static IEnumerable<string> ValidateConnectionString(MySqlStoreOptions options)
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
            // Without the driver's message: after an unquoted semicolon it contains a part of the password.
            builder = [];
            unreadable = "The MySQL connection string can't be parsed: it has an unknown keyword, or "
                + "a value with ; or = that is not quoted. "
                + Example;
        }

        if (unreadable is not null)
        {
            yield return unreadable;
            yield break;
        }

        // The driver would default to localhost.
        if (string.IsNullOrWhiteSpace(builder.Server) || !builder.ContainsKey("Server"))
            yield return $"The MySQL connection string names no server. {Example}";
        else
        {
            foreach (var error in new MySqlMultiHostOptions { ConnectionString = connectionString }.Validate())
                yield return error;
        }

        if (string.IsNullOrWhiteSpace(builder.Database) && options.Database is null)
            yield return $"The MySQL connection string names no database. {Example}";
        foreach (var error in ValidateApplicationDatabase(options, builder.Database))
            yield return error;
    }

    private static IEnumerable<string> ValidateDataSource(MySqlStoreOptions options)
    {
        if (options.ConnectionString.Length > 0)
            yield return "Both ConnectionString and DataSource are set. Set one of them.";
        var connectionString = options.DataSource switch
        {
            MySqlDataSource source => ConnectionCredentials.ConnectionString(source),
            MySqlMultiHostDataSource router => router.Settings.ConnectionString,
            _ => null,
        };
        if (connectionString is null)
        {
            yield return $"DataSource is a {options.DataSource!.GetType().FullName}; use a MySqlDataSource of MySqlConnector, or the "
                + "MySqlMultiHostDataSource itself, not one of its plain data sources: the store chooses between its servers.";
        }
        else if (options.Database is null && string.IsNullOrWhiteSpace(new MySqlConnectionStringBuilder(connectionString).Database))
        {
            yield return "The connection string of the DataSource names no database. Set MySqlStoreOptions.Database to the one for "
                + "the store's tables, for example settlement.";
        }
        else
        {
            foreach (var error in ValidateApplicationDatabase(options, new MySqlConnectionStringBuilder(connectionString).Database))
                yield return error;
        }
    }
}

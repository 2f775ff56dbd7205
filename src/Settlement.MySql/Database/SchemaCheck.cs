using Dapper;
using MySqlConnector;
using Settlement.MySql.Schema;

namespace Settlement.MySql.Database;

/// <summary>Sees to it that the tables are those that this code knows, once per process.</summary>
internal sealed class SchemaCheck(string place)
{
    private volatile bool _isChecked;

    public async Task RequireAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        if (_isChecked)
            return;

        var version = await FindAsync(connection, cancellationToken).ConfigureAwait(false);
        if (version != MySqlSchema.Version)
            throw new SchemaException(place, version, MySqlSchema.Version);
        _isChecked = true;
    }

    /// <summary>The number of the newest schema file that was applied whole; 0 when there are no tables of ours.</summary>
    public static async Task<int> FindAsync(MySqlConnection connection, CancellationToken cancellationToken) =>
        await HasRecordAsync(connection, cancellationToken).ConfigureAwait(false)
            ? (int)await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "SELECT coalesce(max(number), 0) FROM settlement_schema WHERE applied_at IS NOT NULL", cancellationToken: cancellationToken))
                .ConfigureAwait(false)
            : 0;

    /// <summary>Whether there is a table of that name with our columns: another one of the name is not ours.</summary>
    public static async Task<bool> HasRecordAsync(MySqlConnection connection, CancellationToken cancellationToken) =>
        await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            SELECT count(*) FROM information_schema.columns
            WHERE table_schema = database() AND table_name = 'settlement_schema' AND column_name IN ('number', 'file', 'statements', 'begun', 'applied_at')
            """,
            cancellationToken: cancellationToken)).ConfigureAwait(false) == 5;
}

using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Applies the numbered schema files of this folder.</summary>
internal sealed class MySqlSchema(MySqlDatabase database, TimeProvider clock) : ISchema
{
    public static SchemaFiles Files { get; } = SchemaFiles.Read(typeof(MySqlSchema).Assembly);

    public async Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken = default)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                var session = new MySqlSchemaSession(connection, database.Location, clock);
                await using (session.ConfigureAwait(false))
                {
                    return await SchemaRunner.ApplyAsync(session, database.Location, database.Schema, cancellationToken)
                        .ConfigureAwait(false);
                }
            }
            catch (Exception e) when (MySqlErrorTranslator.IsDriverError(e))
            {
                throw MySqlErrorTranslator.Translate(e, database.Location, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Creates the database of <see cref="MySqlStoreOptions.Database"/> if missing; the connection string's database must exist.
    /// </summary>
    private async Task<MySqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await database.OpenWriterAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (MySqlStoreException e) when (database.Options.Database is not null
            && e.Number is (int)MySqlErrorCode.UnknownDatabase or (int)MySqlErrorCode.DatabaseAccessDenied)
        {
            await database.CreateAsync(cancellationToken).ConfigureAwait(false);
            return await database.OpenWriterAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}

using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Applies the numbered files of this folder.</summary>
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
                var session = new MySqlSchemaSession(connection, database.Place, clock);
                await using (session.ConfigureAwait(false))
                    return await SchemaRunner.ApplyAsync(session, database.Place, Files, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (MySqlErrorTranslator.IsOfDriver(e))
            {
                throw MySqlErrorTranslator.Translate(e, database.Place, cancellationToken);
            }
        }
    }

    /// <summary>A database of the store's own is created where it is missing; one that the application named is the application's to create.</summary>
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

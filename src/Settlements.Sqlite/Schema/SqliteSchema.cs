using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Applies the numbered SQL files of this folder.</summary>
internal sealed class SqliteSchema(SqliteDatabase database, TimeProvider clock) : ISchema
{
    public static SchemaFiles Files { get; } = SchemaFiles.Read(typeof(SqliteSchema).Assembly);

    public async Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken = default)
    {
        using var connection = database.OpenWriter();
        var session = new SqliteSchemaSession(connection, database.FileName, clock);
        return await SchemaRunner.ApplyAsync(session, database.FileName, database.Schema, cancellationToken).ConfigureAwait(false);
    }
}

namespace Settlements.Stores;

/// <summary>
/// Upgrades a database to the schema of this version: the checks, the order of the files, and the errors.
/// </summary>
internal static class SchemaRunner
{
    /// <summary>Applies the files that are not yet applied.</summary>
    /// <param name="session">The connection, which the caller closes.</param>
    /// <param name="database">The database, without secrets, for errors.</param>
    /// <param name="files">The schema.</param>
    /// <param name="cancellationToken">Cancels between two files.</param>
    /// <returns>The names of the files that this call applied.</returns>
    /// <exception cref="SchemaException">
    /// A newer version created the schema, or names are already in use; nothing was created then.
    /// </exception>
    public static async Task<IReadOnlyList<string>> ApplyAsync(
        ISchemaSession session, string database, SchemaFiles files, CancellationToken cancellationToken)
    {
        var found = await FindAsync(session, database, files, cancellationToken).ConfigureAwait(false);
        if (found < files.Version)
        {
            // Before anything is created, since some engines commit each CREATE separately.
            await session.LockAsync(cancellationToken).ConfigureAwait(false);
            var taken = await session.FindTakenNamesAsync(files.All, cancellationToken).ConfigureAwait(false);
            if (taken.Names.Count > 0)
                throw SchemaException.NamesTaken(database, taken.Names, files.Version, taken.Remedy);
        }

        await session.PrepareAsync(cancellationToken).ConfigureAwait(false);
        if (found == files.Version)
            return [];

        var applied = new List<string>();
        foreach (var file in files.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await session.ApplyAsync(file, cancellationToken).ConfigureAwait(false))
                applied.Add(file.Name);
        }

        // An instance of a newer version may have applied its files since the first check.
        await FindAsync(session, database, files, cancellationToken).ConfigureAwait(false);
        return applied;
    }

    private static async Task<int> FindAsync(
        ISchemaSession session, string database, SchemaFiles files, CancellationToken cancellationToken)
    {
        var found = await session.FindVersionAsync(cancellationToken).ConfigureAwait(false);
        return found <= files.Version ? found : throw new SchemaException(database, found, files.Version);
    }
}

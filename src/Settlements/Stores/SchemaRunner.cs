namespace Settlements.Stores;

/// <summary>
/// Brings a database to the schema of this version: what is checked before, in which order files are applied, and every rejection.
/// </summary>
internal static class SchemaRunner
{
    /// <summary>Applies the files that are not applied yet.</summary>
    /// <param name="session">The connection; stays the caller's to close.</param>
    /// <param name="database">The database, without secrets, for errors.</param>
    /// <param name="files">The schema.</param>
    /// <param name="cancellationToken">Stops between two files.</param>
    /// <returns>The names of the files that were applied now.</returns>
    /// <exception cref="SchemaException">A newer version made the schema, or names are taken: then nothing was created.</exception>
    public static async Task<IReadOnlyList<string>> ApplyAsync(
        ISchemaSession session, string database, SchemaFiles files, CancellationToken cancellationToken)
    {
        var found = await FindAsync(session, database, files, cancellationToken).ConfigureAwait(false);
        if (found < files.Version)
        {
            // Before anything is created, since some engines commit each CREATE by itself.
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

        // An instance of a newer version may have applied its files since the first look.
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

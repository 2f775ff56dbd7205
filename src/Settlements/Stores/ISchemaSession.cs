namespace Settlements.Stores;

/// <summary>The port of <see cref="SchemaRunner"/>: one connection to a database, through which a schema is applied.</summary>
internal interface ISchemaSession
{
    /// <summary>The number of the newest file that was applied whole; 0 where none was.</summary>
    Task<int> FindVersionAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Keeps other instances from applying files until the session ends, where the engine doesn't do so by itself for each file.
    /// </summary>
    Task LockAsync(CancellationToken cancellationToken);

    /// <summary>Finds names that the files would create and that something else in the database has; changes nothing.</summary>
    Task<TakenNames> FindTakenNamesAsync(IReadOnlyList<SchemaFile> files, CancellationToken cancellationToken);

    /// <summary>
    /// Sets what the database keeps beside its tables. Called also where all files are applied: it may have been copied without.
    /// </summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Applies a file and records it, or continues with one that was cut off.</summary>
    /// <returns>Whether it was applied now; false where it was before, also by another instance meanwhile.</returns>
    Task<bool> ApplyAsync(SchemaFile file, CancellationToken cancellationToken);
}

/// <summary>Names that a schema would create and that something else in the database has.</summary>
/// <param name="Names">The names; empty where the schema can be created.</param>
/// <param name="Remedy">Where else the tables can be kept, as sentences.</param>
internal sealed record TakenNames(IReadOnlyList<string> Names, string Remedy);

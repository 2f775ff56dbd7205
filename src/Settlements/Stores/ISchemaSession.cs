namespace Settlements.Stores;

/// <summary>The port of <see cref="SchemaRunner"/>: one connection to a database, through which a schema is applied.</summary>
internal interface ISchemaSession
{
    /// <summary>Finds the number of the latest file that was applied completely; 0 for none.</summary>
    Task<int> FindVersionAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Prevents other instances from applying files until the session ends, unless the engine already does so for each file.
    /// </summary>
    Task LockAsync(CancellationToken cancellationToken);

    /// <summary>Finds names that the files would create and that other objects in the database use. Changes nothing.</summary>
    Task<TakenNames> FindTakenNamesAsync(IReadOnlyList<SchemaFile> files, CancellationToken cancellationToken);

    /// <summary>
    /// Applies the settings that the database stores outside of its tables. Also called when all files are applied, since a copied
    /// database may lack them.
    /// </summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Applies a file and records it, or resumes one that was interrupted.</summary>
    /// <returns>
    /// Whether this call applied the file; false when it was already applied, possibly by another instance in the meantime.
    /// </returns>
    Task<bool> ApplyAsync(SchemaFile file, CancellationToken cancellationToken);
}

/// <summary>Names that a schema would create and that other objects in the database use.</summary>
/// <param name="Names">The names; empty when the schema can be created.</param>
/// <param name="Remedy">How to store the tables elsewhere, as one or more sentences.</param>
internal sealed record TakenNames(IReadOnlyList<string> Names, string Remedy);

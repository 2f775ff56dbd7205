namespace Settlements;

/// <summary>The library's tables in the database.</summary>
public interface ISchema
{
    /// <summary>
    /// Creates the tables, or brings them to this version of the library. What is applied is recorded in the database, so calling it again does
    /// nothing. Call it from one place: a deployment, or the start of a single host.
    /// </summary>
    /// <param name="cancellationToken">Stops between two files; each is applied whole or not at all.</param>
    /// <returns>The files that were applied now.</returns>
    /// <exception cref="SchemaException">
    /// The schema was made by a newer version of the library, or the database has tables of these names that are not the library's: all of them are
    /// named, and nothing was created.
    /// </exception>
    Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken = default);
}

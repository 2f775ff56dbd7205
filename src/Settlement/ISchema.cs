namespace Settlement;

/// <summary>The library's tables in the database.</summary>
public interface ISchema
{
    /// <summary>
    /// Creates the tables, or brings them to this version of the library. What is applied is recorded in the database, so calling it again does
    /// nothing. Call it from one place: a deployment, or the start of a single host.
    /// </summary>
    /// <param name="cancellationToken">Stops between two files; each is applied whole or not at all.</param>
    /// <returns>The files that were applied now.</returns>
    Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken = default);
}

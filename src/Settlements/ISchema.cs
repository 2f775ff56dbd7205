namespace Settlements;

/// <summary>Creates and upgrades the library's tables in the database.</summary>
public interface ISchema
{
    /// <summary>
    /// Creates the tables, or upgrades them to this version of the library. Applied files are recorded in the database, so a further call
    /// changes nothing. Call it from a deployment, or at the start of a single instance.
    /// </summary>
    /// <param name="cancellationToken">Cancels between two files; a file is applied completely or not at all.</param>
    /// <returns>The names of the files that this call applied.</returns>
    /// <exception cref="SchemaException">
    /// The schema was created by a newer version of the library, or other tables in the database already use these names. The exception
    /// lists the names; nothing was created.
    /// </exception>
    Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken = default);
}

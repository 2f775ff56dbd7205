namespace Settlements.Stores;

/// <summary>Requires that a database has the schema of this version, once per process. Thread-safe.</summary>
/// <param name="database">The database, without secrets, for errors.</param>
/// <param name="files">The schema.</param>
internal sealed class SchemaCheck(string database, SchemaFiles files)
{
    private volatile bool _isPassed;

    /// <summary>Whether the schema was found to be right, so that it need not be read again.</summary>
    public bool IsPassed => _isPassed;

    /// <summary>Compares the schema that was found.</summary>
    /// <param name="found">The number of the newest file that was applied whole; 0 where none was.</param>
    /// <exception cref="SchemaException">It is not that of this version.</exception>
    public void Require(int found)
    {
        if (found != files.Version)
            throw new SchemaException(database, found, files.Version);
        _isPassed = true;
    }
}

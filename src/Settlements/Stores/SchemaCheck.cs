namespace Settlements.Stores;

/// <summary>Verifies once per process that a database has the schema of this version. Thread-safe.</summary>
/// <param name="database">The database, without secrets, for errors.</param>
/// <param name="files">The schema.</param>
internal sealed class SchemaCheck(string database, SchemaFiles files)
{
    private volatile bool _isPassed;

    /// <summary>Gets whether the schema was verified and need not be read again.</summary>
    public bool IsPassed => _isPassed;

    /// <summary>Compares the schema version of the database with the required one.</summary>
    /// <param name="found">The number of the latest file that was applied completely; 0 for none.</param>
    /// <exception cref="SchemaException">The versions differ.</exception>
    public void Require(int found)
    {
        if (found != files.Version)
            throw new SchemaException(database, found, files.Version);
        _isPassed = true;
    }
}

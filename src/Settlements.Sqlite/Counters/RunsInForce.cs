using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>The runs whose rows of counters are in force as they stand: those that published days name, and 0 for what is written outside of a run.</summary>
internal sealed class RunsInForce
{
    private readonly HashSet<long> _published = [];
    private long _last;

    /// <summary>Reads the published runs.</summary>
    /// <param name="connection">In the transaction or snapshot in which the counters are read.</param>
    /// <param name="runId">A run that counts as published, too; 0 for none.</param>
    public RunsInForce(SqliteConnection connection, long runId = 0)
    {
        _published.Add(0);
        _published.Add(runId);
        using var run = new SqliteStatement(connection, "SELECT run_id FROM business_days WHERE state = 'published'");
        while (run.Step())
            _published.Add(run.Int64(0));
    }

    /// <summary>Whether the rows of a run are in force; else what they were before is.</summary>
    public bool Contains(long runId)
    {
        // Rows that are read one after the other are mostly of one run.
        if (runId == _last)
            return true;
        if (!_published.Contains(runId))
            return false;
        _last = runId;
        return true;
    }
}

using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>
/// The runs whose counter rows are in force with their current values: the runs of published days, and 0 for rows written outside of a run.
/// </summary>
internal sealed class RunsInForce
{
    private readonly HashSet<long> _published = [];
    private long _last;

    /// <summary>Reads the published runs.</summary>
    /// <param name="connection">A connection in the transaction or snapshot in which the counters are read.</param>
    /// <param name="runId">A run treated as published as well; 0 for none.</param>
    public RunsInForce(SqliteConnection connection, long runId = 0)
    {
        _published.Add(0);
        _published.Add(runId);
        using var run = new SqliteStatement(connection, "SELECT run_id FROM business_days WHERE state = 'published'");
        while (run.Step())
            _published.Add(run.Int64(0));
    }

    /// <summary>Returns whether the rows of a run are in force with their current values; otherwise their previous values are.</summary>
    public bool Contains(long runId)
    {
        // Consecutive rows mostly belong to the same run.
        if (runId == _last)
            return true;
        if (!_published.Contains(runId))
            return false;
        _last = runId;
        return true;
    }
}

using Microsoft.Data.Sqlite;

namespace Settlement.Sqlite.Connections;

/// <summary>The meters that were ever counted: a few, found by hops, however many items there are.</summary>
internal static class CounterMeters
{
    public static List<string> Read(SqliteConnection connection)
    {
        var meters = new List<string>();
        using var next = new SqliteStatement(connection, "SELECT min(meter) FROM item_counters WHERE meter > ?");
        for (next.Bind(1, ""); next.Step() && !next.IsNull(0); next.Bind(1, meters[^1]))
        {
            meters.Add(next.Text(0));
            next.Reset();
        }

        return meters;
    }
}

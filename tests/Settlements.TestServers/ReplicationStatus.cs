using System.Globalization;
using MySqlConnector;

namespace Settlements.TestServers;

/// <summary>The replication status of a replica: a row of <c>SHOW ALL SLAVES STATUS</c>.</summary>
/// <param name="IoRunning">State of the thread that fetches: <c>Yes</c>, <c>No</c>, <c>Connecting</c> or <c>Preparing</c>.</param>
/// <param name="SqlRunning">State of the thread that applies: <c>Yes</c> or <c>No</c>.</param>
/// <param name="Fetched">The GTID position of the relay log.</param>
/// <param name="IoErrorNumber">Error of the thread that fetches; 0 for none.</param>
/// <param name="IoError">Message of that error; empty for none.</param>
/// <param name="SqlErrorNumber">Error of the thread that applies; 0 for none.</param>
/// <param name="SqlError">Message of that error; empty for none.</param>
public sealed record ReplicationStatus(
    string IoRunning, string SqlRunning, string Fetched, long IoErrorNumber, string IoError, long SqlErrorNumber, string SqlError)
{
    public bool IsRunning => IoRunning == "Yes" && SqlRunning == "Yes";

    /// <summary>
    /// Whether replication has failed: a thread stopped with an error, or nothing is applied. A reconnecting thread is no failure.
    /// </summary>
    public bool HasFailed => SqlRunning == "No" || (IoRunning == "No" && IoErrorNumber != 0);

    public override string ToString() =>
        $"Slave_IO_Running: {IoRunning} ({IoErrorNumber} {IoError}), Slave_SQL_Running: {SqlRunning} "
        + $"({SqlErrorNumber} {SqlError}), Gtid_IO_Pos: {Fetched}";

    /// <summary>Reads the status of a server.</summary>
    /// <returns>The status; null if the server has no source.</returns>
    internal static async Task<ReplicationStatus?> ReadAsync(string connectionString)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new MySqlCommand("SHOW ALL SLAVES STATUS", connection);
        await using var row = await command.ExecuteReaderAsync();
        if (!await row.ReadAsync())
            return null;
        return new ReplicationStatus(
            Text("Slave_IO_Running"), Text("Slave_SQL_Running"), Text("Gtid_IO_Pos"),
            Number("Last_IO_Errno"), Text("Last_IO_Error"), Number("Last_SQL_Errno"), Text("Last_SQL_Error"));

        string Text(string column) => Convert.ToString(row[column], CultureInfo.InvariantCulture)!;
        long Number(string column) => Convert.ToInt64(row[column], CultureInfo.InvariantCulture);
    }
}

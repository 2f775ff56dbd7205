using System.Globalization;
using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>The chunks of a load that are committed, each recorded in the transaction of its rows.</summary>
internal static class Checkpoints
{
    /// <summary>As in the schema of the store, beside which the loader works as well as without it.</summary>
    private const string Create = """
        CREATE TABLE IF NOT EXISTS load_chunks (
            load_key VARBINARY(256) NOT NULL, first_row BIGINT NOT NULL, row_count BIGINT NOT NULL, stored BIGINT NOT NULL, skipped BIGINT NOT NULL,
            rejected BIGINT NOT NULL, checksum BINARY(16) NOT NULL, PRIMARY KEY (load_key, first_row)
        ) ENGINE = InnoDB
        """;

    /// <summary>What an earlier load of the key has committed, by first row.</summary>
    public static async Task<SortedList<long, Checkpoint>> ReadAsync(MySqlConnection connection, string key, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(new CommandDefinition(Create, cancellationToken: cancellationToken)).ConfigureAwait(false);
        await connection.ExecuteAsync(new CommandDefinition(RecordedRejects.Create, cancellationToken: cancellationToken)).ConfigureAwait(false);
        var recorded = await connection.QueryAsync<Checkpoint>(new CommandDefinition(
            "SELECT first_row AS FirstRow, row_count AS RowCount, rejected AS Rejected, checksum AS Checksum FROM load_chunks WHERE load_key = @key AND first_row > 0",
            new { key }, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return new SortedList<long, Checkpoint>(recorded.ToDictionary(c => c.FirstRow));
    }

    /// <summary>First thing in a chunk's transaction: whoever else would store the same chunk waits here, and fails.</summary>
    public static Task<int> AddAsync(MySqlConnection connection, MySqlTransaction transaction, string key, EncodedChunk chunk, byte[] checksum) =>
        connection.ExecuteAsync(
            """
            INSERT INTO load_chunks (load_key, first_row, row_count, stored, skipped, rejected, checksum)
            VALUES (@key, @FirstRow, @RowCount, 0, 0, 0, @checksum)
            """,
            new { key, chunk.FirstRow, chunk.RowCount, checksum }, transaction);

    public static async Task SetAsync(MySqlConnection connection, MySqlTransaction transaction, string key, EncodedChunk chunk, ChunkOutcome outcome)
    {
        await connection.ExecuteAsync(
            """
            UPDATE load_chunks SET stored = @Stored, skipped = @Duplicates, rejected = @rejected
            WHERE load_key = @key AND first_row = @FirstRow
            """,
            new { key, chunk.FirstRow, outcome.Stored, outcome.Duplicates, rejected = outcome.Rejected.Count },
            transaction).ConfigureAwait(false);
        await RecordedRejects.AddAsync(connection, transaction, key, chunk, outcome.Rejected).ConfigureAwait(false);
    }

    /// <summary>Whether a chunk is committed; waits for a transaction that may be committing it now.</summary>
    public static async Task<bool> ExistsAsync(MySqlConnection connection, MySqlTransaction transaction, string key, EncodedChunk chunk) =>
        await connection.ExecuteScalarAsync<int?>(
            "SELECT 1 FROM load_chunks WHERE load_key = @key AND first_row = @FirstRow FOR UPDATE", new { key, chunk.FirstRow }, transaction)
            .ConfigureAwait(false) is not null;

    /// <summary>How many rows of a chunk that somebody else has committed were rejected.</summary>
    public static Task<long> RejectedAsync(MySqlConnection connection, MySqlTransaction transaction, string key, EncodedChunk chunk) =>
        connection.ExecuteScalarAsync<long>(
            "SELECT rejected FROM load_chunks WHERE load_key = @key AND first_row = @FirstRow", new { key, chunk.FirstRow }, transaction);

    /// <summary>The limit is the whole load's, however often it is started.</summary>
    public static void RequireRejectsLeft(SortedList<long, Checkpoint> recorded, TableLoadOptions options)
    {
        var rejected = recorded.Values.Sum(c => c.Rejected);
        if (rejected > options.RejectsMax)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"Load '{options.Key}' has rejected {rejected} rows before, more than RejectsMax, {options.RejectsMax}, allows the whole load. Set RejectsMax to "
                + $"{rejected} or more, or give another Key."));
        }
    }

    public static void RequireSame(string key, Checkpoint recorded, EncodedChunk chunk)
    {
        if (recorded.RowCount == chunk.RowCount && recorded.Checksum.AsSpan().SequenceEqual(chunk.Checksum()))
            return;
        throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture,
            $"Load '{key}' can't be gone on with: rows {recorded.FirstRow} to {recorded.FirstRow + recorded.RowCount - 1} of the source are not those that were "
            + $"loaded under this key before, or go to another table. Give the same rows in the same order, or another Key."));
    }
}

/// <summary>A chunk that is committed.</summary>
internal sealed class Checkpoint
{
    public long FirstRow { get; set; }

    public long RowCount { get; set; }

    public long Rejected { get; set; }

    public byte[] Checksum { get; set; } = [];

    public RecordedChunk ToRecorded() => new(FirstRow, RowCount, Rejected);
}

using System.Globalization;
using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Rows of the table load_chunks: the committed chunks of a load, each recorded in the transaction of its rows.</summary>
internal static class Checkpoints
{
    /// <summary>The same table as in the store's schema, which the loader doesn't require.</summary>
    private const string Create = """
        CREATE TABLE IF NOT EXISTS load_chunks (
            load_key VARBINARY(256) NOT NULL, first_row BIGINT NOT NULL, row_count BIGINT NOT NULL, stored BIGINT NOT NULL,
                skipped BIGINT NOT NULL,
            rejected BIGINT NOT NULL, checksum BINARY(16) NOT NULL, PRIMARY KEY (load_key, first_row)
        ) ENGINE = InnoDB
        """;

    /// <summary>Reads the chunks that earlier loads of the key committed, by first row.</summary>
    public static async Task<SortedList<long,
    Checkpoint>> ReadAsync(MySqlConnection connection, string key, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(new CommandDefinition(Create, cancellationToken: cancellationToken)).ConfigureAwait(false);
        await connection.ExecuteAsync(new CommandDefinition(RecordedRejects.Create, cancellationToken: cancellationToken))
            .ConfigureAwait(false);
        var recorded = await connection.QueryAsync<Checkpoint>(new CommandDefinition(
            """
            SELECT first_row AS FirstRow, row_count AS RowCount, rejected AS Rejected, checksum AS Checksum FROM load_chunks
            WHERE load_key = @key AND first_row > 0
            """,
            new { key }, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return new SortedList<long, Checkpoint>(recorded.ToDictionary(c => c.FirstRow));
    }

    /// <summary>
    /// Adds the checkpoint as the first statement of a chunk's transaction; another load of the same chunk waits here, and fails.
    /// </summary>
    public static Task<int> AddAsync(
        MySqlConnection connection, MySqlTransaction transaction, string key, EncodedChunk chunk, byte[] checksum) =>
        connection.ExecuteAsync(
            """
            INSERT INTO load_chunks (load_key, first_row, row_count, stored, skipped, rejected, checksum)
            VALUES (@key, @FirstRow, @RowCount, 0, 0, 0, @checksum)
            """,
            new { key, chunk.FirstRow, chunk.RowCount, checksum }, transaction);

    public static async Task SetAsync(
        MySqlConnection connection, MySqlTransaction transaction, string key, EncodedChunk chunk, ChunkOutcome outcome)
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

    /// <summary>Returns whether a chunk is committed; waits for a transaction that may be committing it.</summary>
    public static async Task<bool> ExistsAsync(MySqlConnection connection, MySqlTransaction transaction, string key, EncodedChunk chunk) =>
        await connection.ExecuteScalarAsync<int?>(
            "SELECT 1 FROM load_chunks WHERE load_key = @key AND first_row = @FirstRow FOR UPDATE", new { key, chunk.FirstRow },
            transaction)
            .ConfigureAwait(false) is not null;

    /// <summary>Reads the number of rejected rows of a chunk that another instance committed.</summary>
    public static Task<long> RejectedAsync(MySqlConnection connection, MySqlTransaction transaction, string key, EncodedChunk chunk) =>
        connection.ExecuteScalarAsync<long>(
            "SELECT rejected FROM load_chunks WHERE load_key = @key AND first_row = @FirstRow", new { key, chunk.FirstRow }, transaction);

    /// <summary>Throws if earlier starts of the load have already exceeded the limit, which applies to the complete load.</summary>
    public static void RequireRejectsLeft(SortedList<long, Checkpoint> recorded, TableLoadOptions options)
    {
        var rejected = recorded.Values.Sum(c => c.Rejected);
        if (rejected > options.RejectsMax)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"Load '{options.Key}' has rejected {rejected} rows, more than RejectsMax, {options.RejectsMax}, which applies to all "
                + $"starts of a load. Set RejectsMax to at least {rejected}, or use another Key."));
        }
    }

    public static void RequireSame(string key, Checkpoint recorded, EncodedChunk chunk)
    {
        if (recorded.RowCount == chunk.RowCount && recorded.Checksum.AsSpan().SequenceEqual(chunk.Checksum()))
            return;
        throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture,
            $"Load '{key}' can't be resumed: rows {recorded.FirstRow} to {recorded.FirstRow + recorded.RowCount - 1} of the source differ "
            + $"from those that were loaded under this key, or the table is another one. Load the same "
            + $"rows in the same order, or use another Key."));
    }
}

/// <summary>A committed chunk.</summary>
internal sealed class Checkpoint
{
    public long FirstRow { get; set; }

    public long RowCount { get; set; }

    public long Rejected { get; set; }

    public byte[] Checksum { get; set; } = [];

    public RecordedChunk ToRecorded() => new(FirstRow, RowCount, Rejected);
}

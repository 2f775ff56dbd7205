using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using MySqlConnector;

namespace Settlements.Benchmarks;

/// <summary>
/// The usual hand-written code: a parameterized INSERT per request and transaction, into the same table with the same durability.
/// </summary>
internal abstract class IntakePeers : IAsyncDisposable
{
    public static IntakePeers Open(string store, string kind, string address, int callers) => (store, kind) switch
    {
        ("sqlite", "lock") => new Sqlite(address, connections: 1),
        ("sqlite", "busy") => new Sqlite(address, connections: 8),
        ("mysql", "pool") => new MySql(new MySqlConnectionStringBuilder(address) { MaximumPoolSize = (uint)callers }, isPrepared: false),
        _ => new MySql(
            new MySqlConnectionStringBuilder(address) { MaximumPoolSize = 32, ConnectionReset = false, IgnorePrepare = false },
            isPrepared: true),
    };

    public abstract Task InsertAsync(UsageEvent one);

    public abstract ValueTask DisposeAsync();

    /// <summary>A pool of connections with prepared commands; SQLite waits for the file's write lock.</summary>
    private sealed class Sqlite : IntakePeers
    {
        private readonly SemaphoreSlim _free;
        private readonly ConcurrentBag<SqliteCommand> _commands = [];

        public Sqlite(string address, int connections)
        {
            _free = new SemaphoreSlim(connections);
            for (var i = 0; i < connections; i++)
                _commands.Add(Prepare(address));
        }

        public override async Task InsertAsync(UsageEvent one)
        {
            await _free.WaitAsync();
            _commands.TryTake(out var command);
            try
            {
                command!.Parameters["$at"].Value = UnixMicroseconds.From(one.OccurredAt);
                command.Parameters["$id"].Value = one.EventId.ToByteArray(bigEndian: true);
                command.Parameters["$meter"].Value = one.Meter;
                command.Parameters["$item"].Value = one.ItemId;
                command.Parameters["$payee"].Value = one.PayeeId;
                command.Parameters["$quantity"].Value = one.Quantity;
                command.ExecuteNonQuery();
            }
            finally
            {
                _commands.Add(command!);
                _free.Release();
            }
        }

        public override async ValueTask DisposeAsync()
        {
            foreach (var command in _commands)
            {
                await command.Connection!.DisposeAsync();
                await command.DisposeAsync();
            }

            _free.Dispose();
        }

        private static SqliteCommand Prepare(string address)
        {
            var connection = Peers.Open(address);
            var command = connection.CreateCommand();
            command.CommandText = """
                INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity)
                    VALUES ($at, $id, $meter, $item, $payee, $quantity)
                """;
            foreach (var (name, type) in ((string, SqliteType)[])[
                ("$at", SqliteType.Integer), ("$id", SqliteType.Blob), ("$meter", SqliteType.Text), ("$item", SqliteType.Text),
                ("$payee", SqliteType.Text), ("$quantity", SqliteType.Integer)])
                command.Parameters.Add(name, type);
            command.Prepare();
            return command;
        }
    }

    private sealed class MySql(MySqlConnectionStringBuilder address, bool isPrepared) : IntakePeers
    {
        private readonly MySqlDataSource _source = new(address.ConnectionString);

        public override async Task InsertAsync(UsageEvent one)
        {
            await using var connection = await _source.OpenConnectionAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = """
                INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity)
                    VALUES (@at, @id, @meter, @item, @payee, @quantity)
                """;
            command.Parameters.AddWithValue("@at", one.OccurredAt.UtcDateTime);
            command.Parameters.AddWithValue("@id", one.EventId.ToByteArray(bigEndian: true));
            command.Parameters.AddWithValue("@meter", one.Meter);
            command.Parameters.AddWithValue("@item", one.ItemId);
            command.Parameters.AddWithValue("@payee", one.PayeeId);
            command.Parameters.AddWithValue("@quantity", one.Quantity);
            if (isPrepared)
                await command.PrepareAsync();
            await command.ExecuteNonQueryAsync();
        }

        public override ValueTask DisposeAsync() => _source.DisposeAsync();
    }
}

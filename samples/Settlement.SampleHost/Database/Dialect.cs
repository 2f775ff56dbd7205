using System.Data.Common;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Settlement.SampleHost.Database;

/// <summary>The differences between the engines in statements that handle many rows.</summary>
internal abstract class Dialect
{
    public static readonly Dialect Sqlite = new SqliteDialect();
    public static readonly Dialect MySql = new MySqlDialect();

    /// <summary>Whether the engine locks single rows; if not, a write transaction locks the whole database.</summary>
    public abstract bool LocksRows { get; }

    /// <summary>
    /// Returns a table expression for FROM or JOIN that reads the parameter <c>@rows</c>, a JSON array of arrays. The statement's text is
    /// the same for any number of rows, and one round trip is enough.
    /// </summary>
    public abstract string Rows(params IEnumerable<(string Name, ColumnKind Kind)> columns);

    /// <summary>Returns the upsert clause without its assignments, for example <c>ON CONFLICT (key) DO UPDATE SET</c>.</summary>
    public abstract string OnDuplicate(string key);

    /// <summary>Writes rows in a transaction.</summary>
    public abstract Task WriteAsync(
        DbConnection connection, DbTransaction? transaction, RowWrite write, IReadOnlyCollection<object?[]> rows,
        CancellationToken cancellationToken);

    /// <summary>The database runs in the process: one prepared statement per row is fastest.</summary>
    private sealed class SqliteDialect : Dialect
    {
        public override bool LocksRows => false;

        public override string OnDuplicate(string key) => $"ON CONFLICT ({key}) DO UPDATE SET";

        public override string Rows(params IEnumerable<(string Name, ColumnKind Kind)> columns) =>
            $"(SELECT {string.Join(", ", columns.Select((c, i) => $"value ->> {i} AS {c.Name}"))} FROM json_each(@rows))";

        public override async Task WriteAsync(
            DbConnection connection, DbTransaction? transaction, RowWrite write, IReadOnlyCollection<object?[]> rows,
            CancellationToken cancellationToken)
        {
            await using var command = ((SqliteConnection)connection).CreateCommand();
#pragma warning disable CA2100 // constant names of this program
            command.CommandText = write.IsUpdateOnly ? Update(write) : Insert(write);
#pragma warning restore CA2100
            foreach (var (name, kind) in write.Columns)
                command.Parameters.Add($"${name}", kind == ColumnKind.Integer ? SqliteType.Integer : SqliteType.Text);
            foreach (var row in rows)
            {
                for (var i = 0; i < row.Length; i++)
                    command.Parameters[i].Value = row[i] ?? DBNull.Value;
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }

        private static string Insert(RowWrite write)
        {
            var values = string.Join(", ", write.Columns.Select(c => $"${c.Name}"));
            var update = string.Join(", ", write.Updated.Select(name => $"{name} = excluded.{name}"));
            return $"INSERT INTO {write.Table} ({write.Names}) VALUES "
                + $"({values}){(update == "" ? "" : $" ON CONFLICT DO UPDATE SET {update}")}";
        }

        private static string Update(RowWrite write)
        {
            var (key, values) = (write.Columns[0].Name, string.Join(", ", write.Updated.Select(name => $"{name} = ${name}")));
            return $"UPDATE {write.Table} SET {values} WHERE {key} = ${key}";
        }
    }

    /// <summary>The database is on the network: one statement for all rows saves round trips.</summary>
    private sealed class MySqlDialect : Dialect
    {
        public override bool LocksRows => true;

        public override string OnDuplicate(string key) => "ON DUPLICATE KEY UPDATE";

        public override string Rows(params IEnumerable<(string Name, ColumnKind Kind)> columns) =>
            $"JSON_TABLE(@rows, '$[*]' COLUMNS ({string.Join(", ", columns.Select((c, i) => $"{c.Name} {Type(c.Kind)} PATH '$[{i}]'"))}))";

        public override Task WriteAsync(
            DbConnection connection, DbTransaction? transaction, RowWrite write, IReadOnlyCollection<object?[]> rows,
            CancellationToken cancellationToken) =>
            connection.ExecuteAsync(new CommandDefinition(
                write.IsUpdateOnly ? Update(write) : Insert(write), new { rows = JsonSerializer.Serialize(rows) }, transaction,
                cancellationToken: cancellationToken));

        private string Insert(RowWrite write)
        {
            var update = string.Join(", ", write.Updated.Select(name => $"{name} = VALUES({name})"));
            return $"INSERT INTO {write.Table} ({write.Names}) SELECT {write.Names} FROM {Rows(write.Columns)} r WHERE TRUE"
                + (update == "" ? "" : $" ON DUPLICATE KEY UPDATE {update}");
        }

        private string Update(RowWrite write)
        {
            var (key, values) = (write.Columns[0].Name, string.Join(", ", write.Updated.Select(name => $"t.{name} = r.{name}")));
            return $"UPDATE {write.Table} t JOIN {Rows(write.Columns)} r ON r.{key} = t.{key} SET {values}";
        }

        // The collations of the tables: a comparison with any other collation would not use the index.
        private static string Type(ColumnKind kind) => kind switch
        {
            ColumnKind.Id => "CHAR(32) CHARACTER SET ascii COLLATE ascii_bin",
            ColumnKind.Text => "VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            _ => "BIGINT",
        };
    }
}

using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Settlements.Sqlite;

/// <summary>
/// A prepared statement on SQLite's C API, which binds and reads UTF-8 without allocations. Parameters are numbered from 1, columns from 0.
/// </summary>
/// <remarks>For statements that run once per row, where the driver's parameter objects cost too much. All others use Dapper.</remarks>
internal sealed class SqliteStatement : IDisposable
{
    /// <summary>Texts of up to this many bytes are bound without an allocation; most ids are.</summary>
    private const int BufferBytes = 256;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly IStatementObserver? _observer;
    private readonly string _sql;
    private bool _isRunning;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _sql = sql;
        _observer = connection as IStatementObserver;
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SqliteStatement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    /// <summary>Binds a text with its length, so that it may contain NUL.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SqliteStatement Bind(int parameter, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            // An empty span would be bound as null.
            Check(text is null ? raw.sqlite3_bind_null(_statement, parameter) : raw.sqlite3_bind_text(_statement, parameter, ""));
            return this;
        }

        Span<byte> buffer = stackalloc byte[BufferBytes];
        if (Encoding.UTF8.TryGetBytes(text, buffer, out var length))
            return BindText(parameter, buffer[..length]);
        return BindText(parameter, Encoding.UTF8.GetBytes(text));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SqliteStatement BindText(int parameter, ReadOnlySpan<byte> utf8)
    {
        Check(raw.sqlite3_bind_text(_statement, parameter, utf8));
        return this;
    }

    /// <summary>Binds an id as 16 bytes in big-endian order.</summary>
    public SqliteStatement Bind(int parameter, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BindBlob(parameter, bytes);
    }

    /// <summary>Binds a decimal in the form of <see cref="AmountText"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SqliteStatement BindAmount(int parameter, decimal amount)
    {
        Span<byte> utf8 = stackalloc byte[AmountText.BytesMax];
        return BindText(parameter, utf8[..AmountText.Write(amount, utf8)]);
    }

    public SqliteStatement BindAmount(int parameter, decimal? amount) =>
        amount is { } value ? BindAmount(parameter, value) : BindNull(parameter);

    public SqliteStatement Bind(int parameter, long? value) => value is { } number ? Bind(parameter, number) : BindNull(parameter);

    public SqliteStatement BindNull(int parameter)
    {
        Check(raw.sqlite3_bind_null(_statement, parameter));
        return this;
    }

    public SqliteStatement BindBlob(int parameter, ReadOnlySpan<byte> bytes)
    {
        Check(raw.sqlite3_bind_blob(_statement, parameter, bytes));
        return this;
    }

    /// <summary>Advances to the next row.</summary>
    /// <returns>Whether there is one.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Step()
    {
        if (_observer is not null && !_isRunning)
            _observer.Before(_sql);
        _isRunning = true;
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
            return true;
        if (code != raw.SQLITE_DONE)
            Check(code);
        _isRunning = false;
        _observer?.After(_sql);
        return false;
    }

    /// <summary>Executes a statement that returns no rows, and resets it for its next execution.</summary>
    /// <returns>The number of rows changed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Execute()
    {
        Step();
        var changes = raw.sqlite3_changes(_database);
        Reset();
        return changes;
    }

    /// <summary>Executes a statement as <see cref="Execute"/> does, without counting the changed rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run()
    {
        Step();
        Reset();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Reset()
    {
        _isRunning = false;
        Check(raw.sqlite3_reset(_statement));
    }

    public int Type(int column) => raw.sqlite3_column_type(_statement, column);

    public bool IsNull(int column) => Type(column) == raw.SQLITE_NULL;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public int Int32(int column) => raw.sqlite3_column_int(_statement, column);

    /// <summary>Reads a text with its length, so that it may contain NUL. A number is converted to text.</summary>
    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    /// <summary>Reads the bytes of a text or a blob, valid until the next step. A number is converted to text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(code, _database);
    }
}

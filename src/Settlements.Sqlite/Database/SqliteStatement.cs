using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Settlements.Sqlite;

/// <summary>
/// A prepared statement without the driver's parameter objects: binds and reads UTF-8 in place. For what runs once per row; everything else goes
/// through Dapper. Places of parameters count from 1, of columns from 0.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    /// <summary>Texts of up to so many bytes are bound without an allocation: all ids of the library's own events are.</summary>
    private const int BufferBytes = 256;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly IStatementObserver? _observer;
    private readonly string _sql;
    private bool _isUnderWay;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _sql = sql;
        _observer = connection as IStatementObserver;
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SqliteStatement Bind(int place, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, place, value));
        return this;
    }

    /// <summary>Binds a text by its length: it may hold NUL.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SqliteStatement Bind(int place, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            // An empty span would be bound as null.
            Check(text is null ? raw.sqlite3_bind_null(_statement, place) : raw.sqlite3_bind_text(_statement, place, ""));
            return this;
        }

        Span<byte> buffer = stackalloc byte[BufferBytes];
        if (Encoding.UTF8.TryGetBytes(text, buffer, out var length))
            return BindText(place, buffer[..length]);
        return BindText(place, Encoding.UTF8.GetBytes(text));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SqliteStatement BindText(int place, ReadOnlySpan<byte> utf8)
    {
        Check(raw.sqlite3_bind_text(_statement, place, utf8));
        return this;
    }

    /// <summary>Binds an id as its 16 bytes, the most significant first.</summary>
    public SqliteStatement Bind(int place, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BindBlob(place, bytes);
    }

    /// <summary>Binds a decimal as <see cref="AmountText"/> keeps it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SqliteStatement BindAmount(int place, decimal amount)
    {
        Span<byte> utf8 = stackalloc byte[AmountText.BytesMax];
        return BindText(place, utf8[..AmountText.Write(amount, utf8)]);
    }

    public SqliteStatement BindAmount(int place, decimal? amount) => amount is { } value ? BindAmount(place, value) : BindNull(place);

    public SqliteStatement Bind(int place, long? value) => value is { } number ? Bind(place, number) : BindNull(place);

    public SqliteStatement BindNull(int place)
    {
        Check(raw.sqlite3_bind_null(_statement, place));
        return this;
    }

    public SqliteStatement BindBlob(int place, ReadOnlySpan<byte> bytes)
    {
        Check(raw.sqlite3_bind_blob(_statement, place, bytes));
        return this;
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>Whether there is one.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Step()
    {
        if (_observer is not null && !_isUnderWay)
            _observer.Before(_sql);
        _isUnderWay = true;
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
            return true;
        if (code != raw.SQLITE_DONE)
            Check(code);
        _isUnderWay = false;
        _observer?.After(_sql);
        return false;
    }

    /// <summary>Runs a statement that returns no rows, and makes it ready for the next.</summary>
    /// <returns>How many rows it changed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Execute()
    {
        Step();
        var changes = raw.sqlite3_changes(_database);
        Reset();
        return changes;
    }

    /// <summary>The same, where it need not be known how many rows it changed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run()
    {
        Step();
        Reset();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Reset()
    {
        _isUnderWay = false;
        Check(raw.sqlite3_reset(_statement));
    }

    public int Type(int column) => raw.sqlite3_column_type(_statement, column);

    public bool IsNull(int column) => Type(column) == raw.SQLITE_NULL;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public int Int32(int column) => raw.sqlite3_column_int(_statement, column);

    /// <summary>A text, by its length: it may hold NUL. A number becomes its digits.</summary>
    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    /// <summary>The bytes of a text, or of a blob; a number becomes its digits. Valid until the next step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(code, _database);
    }
}

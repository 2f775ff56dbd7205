using System.Runtime.InteropServices;

namespace Settlements.ClickHouse.Tests;

/// <summary>
/// A current ClickHouse as a library, chdb, in this process: it has the engine of the server, without network and shards. Loaded from
/// <see cref="Path"/>; one connection, whose statements run one after the other.
/// </summary>
internal sealed class Chdb
{
    private static readonly Lazy<Chdb> Loaded = new(() => new Chdb());

    private readonly Lock _turn = new();
    private readonly nint _connection;
    private readonly Query _query;
    private readonly Pointer _buffer;
    private readonly Pointer _error;
    private readonly Length _length;
    private readonly Destroy _destroy;

    private Chdb()
    {
        var library = NativeLibrary.Load(Path);
        Get<Enable>("chdb_set_signal_handlers_enabled")(0);
        (_query, _buffer, _error) = (Get<Query>("chdb_query"), Get<Pointer>("chdb_result_buffer"), Get<Pointer>("chdb_result_error"));
        (_length, _destroy) = (Get<Length>("chdb_result_length"), Get<Destroy>("chdb_destroy_query_result"));
        var connection = Get<Connect>("chdb_connect")(1, [Marshal.StringToCoTaskMemUTF8("clickhouse")]);
        _connection = connection == 0 ? throw new InvalidOperationException("chdb did not connect.") : Marshal.ReadIntPtr(connection);

        T Get<T>(string name)
            where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void Enable(byte isEnabled);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint Connect(int count, [In] nint[] arguments);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint Query(
        nint connection, [MarshalAs(UnmanagedType.LPUTF8Str)] string sql, [MarshalAs(UnmanagedType.LPUTF8Str)] string format);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint Pointer(nint result);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nuint Length(nint result);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void Destroy(nint result);

    /// <summary>The library; <c>./build.sh --long</c> installs it.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("SETTLEMENT_TEST_CHDB") is { Length: > 0 } named
        ? named
        : System.IO.Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
                ? cache : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "settlement", "chdb", "node_modules", "@chdb", "lib-linux-x64-gnu", "libchdb.so");

    public static Chdb Instance => Loaded.Value;

    /// <summary>Executes a statement and returns its result.</summary>
    /// <exception cref="ClickHouseException">The statement failed.</exception>
    public byte[] Execute(string sql, string format = "TSV")
    {
        lock (_turn)
        {
            var result = _query(_connection, sql, format);
            try
            {
                if (_error(result) is not 0 and var error)
                {
                    var text = Marshal.PtrToStringUTF8(error)!;
                    throw ClickHouseException.Find("chdb", text) ?? new ClickHouseException(text, 0, isTransient: false);
                }

                var bytes = new byte[(int)_length(result)];
                if (bytes.Length > 0)
                    Marshal.Copy(_buffer(result), bytes, 0, bytes.Length);
                return bytes;
            }
            finally
            {
                _destroy(result);
            }
        }
    }
}

/// <summary>Executes the statements of a source with chdb, under the settings of the source.</summary>
internal sealed class ChdbStatements(string database) : IStatements
{
    public string Server => "chdb";

    public Task ReadAsync(string sql, IRowReader rows, CancellationToken cancellationToken)
    {
        var settings = string.Join(", ", HttpStatements.Settings.Where(s => !s.StartsWith("wait_end", StringComparison.Ordinal))
            .Select(s => s.Split('=')).Select(s => $"{s[0]} = '{s[1]}'"));
        byte[] answer;
        lock (Chdb.Instance)
        {
            Chdb.Instance.Execute($"SET {settings}");
            Chdb.Instance.Execute($"USE {database}");
            answer = Chdb.Instance.Execute(sql, "RowBinary");
        }

        return RowStream.ReadAsync(Server, new MemoryStream(answer), rows, cancellationToken);
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DuckDB.NET.Data;

namespace Settlements.DuckDb;

/// <summary>
/// An embedded DuckDB: in memory, without extensions that aren't built in, and restricted to the folders of the source. Not thread-safe.
/// </summary>
/// <remarks>
/// Opening takes about 8 ms. A session that has read files is not used by a later operation, so that they are always read as they are.
/// </remarks>
internal sealed class DuckDbSession : IDisposable
{
    /// <summary>The schema name of the database that a source reads.</summary>
    private const string Attached = "source_database";

    private readonly DuckDBConnection _connection = new("Data Source=:memory:");
    private readonly SourceErrors _errors;

    private DuckDbSession(SourceErrors errors, CancellationToken cancellationToken)
    {
        _errors = errors;
        Cancellation = cancellationToken;
    }

    /// <summary>Interrupts queries when it is cancelled.</summary>
    public CancellationToken Cancellation { get; set; }

    public static DuckDbSession Open(SourceFiles files, DuckDbOptions options, SourceErrors errors, CancellationToken cancellationToken)
    {
        var session = new DuckDbSession(errors, cancellationToken);
        try
        {
            session._connection.Open();
            session.Execute(string.Create(CultureInfo.InvariantCulture, $"""
                SET autoinstall_known_extensions = false;
                SET autoload_known_extensions = false;
                SET TimeZone = 'UTC';
                SET threads = {options.Threads};
                SET memory_limit = '{options.MemoryLimitMiB}MiB';
                SET temp_directory = {Sql.Text(options.TempFolder is { } folder ? Path.GetFullPath(folder) : "")};
                """));
            if (files.Format == FileFormat.Database)
                session.Execute($"ATTACH {Sql.Text(files.Patterns[0])} AS {Attached} (READ_ONLY); USE {Attached};");
            session.Execute($"""
                SET allowed_directories = {Sql.List(files.Folders)};
                SET enable_external_access = false;
                SET lock_configuration = true;
                """);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public void Execute(string sql) => Read(sql, static _ => { });

    /// <summary>Runs a query and passes each row of its result.</summary>
    [SuppressMessage("Security", "CA2100", Justification = "Names and texts are quoted; conditions are the application's code.")]
    public void Read(string sql, Action<DuckDBDataReader> row)
    {
        Cancellation.ThrowIfCancellationRequested();
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.UseStreamingMode = true;
        using var interruption = new QueryInterruption(command, Cancellation);
        try
        {
            using var reader = command.ExecuteReader();
            while (reader.Read())
                row(reader);
        }
        catch (Exception e) when (e is DuckDBException or OperationCanceledException)
        {
            Cancellation.ThrowIfCancellationRequested();
            throw _errors.Translate(e);
        }
    }

    /// <summary>Runs a query and returns its rows.</summary>
    public List<T> List<T>(string sql, Func<DuckDBDataReader, T> row)
    {
        var rows = new List<T>();
        Read(sql, reader => rows.Add(row(reader)));
        return rows;
    }

    public void Dispose() => _connection.Dispose();
}

using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Dapper;
using Settlements.Routing;

namespace Settlement.SampleHost.Database;

/// <summary>
/// The database of the platform's tables, which is also the settlement's. The table classes use the same SQL on both engines; this class
/// holds the differences: how writes are queued, how a duplicate key is recognised, and the schema files. The caller states the freshness
/// of a read. Thread-safe.
/// </summary>
/// <param name="servers">The database servers, or the SQLite file; not disposed of by this class.</param>
/// <param name="current">The causal session of the current request.</param>
internal abstract class PlatformDatabase(MultiHostDataSource servers, CurrentCausalSession current) : IAsyncDisposable
{
    /// <summary>
    /// Marks a statement of a schema file that fails if it was executed before, because its column or index exists or was dropped.
    /// </summary>
    protected const string RunOnceMark = "-- Run once:";

    private const string SchemaPrefix = "Settlement.SampleHost.Database.Schema.";

    static PlatformDatabase() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <summary>The folder of the engine's schema files.</summary>
    protected abstract string Engine { get; }

    /// <summary>The engine's syntax for statements that handle many rows.</summary>
    protected abstract Dialect Dialect { get; }

    /// <summary>Reads from the primary, including all committed writes: for decisions. Locks nothing.</summary>
    public virtual async Task<T> ReadAsync<T>(Func<Sql, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var connection = await servers.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Primary, cancellationToken);
        return await read(new Sql(connection, null, Dialect, cancellationToken));
    }

    /// <summary>
    /// Reads from a replica if there is one, for display: possibly stale, but including all writes of the request's user. Outside requests,
    /// the same as <see cref="ReadAsync"/>.
    /// </summary>
    public virtual async Task<T> ReadForDisplayAsync<T>(Func<Sql, Task<T>> read, CancellationToken cancellationToken)
    {
        if (current.Session is not { } session)
            return await ReadAsync(read, cancellationToken);
        await using var connection = await session.OpenReadAsync(cancellationToken);
        return await read(new Sql(connection, null, Dialect, cancellationToken));
    }

    /// <summary>
    /// Executes writes in a transaction and returns after its commit. The delegate is executed again after a deadlock, so it must change
    /// nothing but the database. A write must not wait for another write.
    /// </summary>
    public abstract Task<T> WriteAsync<T>(Func<Sql, Task<T>> write, CancellationToken cancellationToken);

    /// <summary>Whether the exception reports a duplicate key. The transaction can continue after it.</summary>
    public abstract bool IsDuplicate(DbException exception);

    /// <summary>
    /// Opens a connection to the primary synchronously, for interfaces without asynchronous methods, such as the key ring's.
    /// </summary>
    public virtual DbConnection Open() => servers.Primary.OpenConnection();

    public abstract ValueTask DisposeAsync();

    public Task WriteAsync(Func<Sql, Task> write, CancellationToken cancellationToken) => WriteAsync(
        async statements =>
        {
            await write(statements);
            return true;
        },
        cancellationToken);

    /// <summary>Inserts a row, unless a row of the same key exists.</summary>
    /// <returns>Whether the row was inserted.</returns>
    public async Task<bool> TryInsertAsync(Sql statements, string sql, object values)
    {
        try
        {
            return await statements.ExecuteAsync(sql, values) > 0;
        }
        catch (DbException e) when (IsDuplicate(e))
        {
            return false;
        }
    }

    /// <summary>Applies the numbered schema files that are not applied yet, and records them.</summary>
    public abstract Task ApplySchemaAsync(TimeProvider clock, CancellationToken cancellationToken);

    /// <summary>Whether exactly this program's schema files are applied: the tables of a newer program may differ.</summary>
    public async Task<bool> HasSchemaAsync(CancellationToken cancellationToken) =>
        await ReadAsync(sql => sql.FindAsync<int?>("SELECT MAX(number) FROM platform_schema"), cancellationToken) == SchemaFiles()
            .Last().Number;

    /// <summary>Returns the engine's schema files in order, each split into statements at semicolons at the end of a line.</summary>
    protected IEnumerable<(int Number, string File, string[] Statements)> SchemaFiles()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = $"{SchemaPrefix}{Engine}.";
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var file = name[prefix.Length..];
            var statements = reader.ReadToEnd().ReplaceLineEndings("\n")
                .Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            yield return (int.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture), file, statements);
        }
    }
}

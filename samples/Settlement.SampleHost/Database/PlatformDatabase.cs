using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Dapper;
using Settlements.Routing;

namespace Settlement.SampleHost.Database;

/// <summary>
/// Where the platform keeps its own tables: beside those of the settlement, in the same database. The statements of the stores run on both
/// engines as they are; what differs is here: how a write gets its turn, what a duplicate looks like, and the schema's files. Who reads says how
/// fresh. Thread-safe.
/// </summary>
/// <param name="hosts">The servers, or the file. They stay their owner's.</param>
/// <param name="current">Whose reads see which writes.</param>
internal abstract class PlatformDatabase(MultiHostDataSource hosts, CurrentSession current) : IAsyncDisposable
{
    private const string SchemaPrefix = "Settlement.SampleHost.Database.Schema.";

    static PlatformDatabase() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <summary>The folder of the schema's files.</summary>
    protected abstract string Engine { get; }

    /// <summary>How this engine spells statements about many rows.</summary>
    protected abstract Dialect Dialect { get; }

    /// <summary>Reads all that is committed, at the primary: what something is decided by. Nothing is locked.</summary>
    public virtual async Task<T> ReadAsync<T>(Func<Sql, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var connection = await hosts.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Primary, cancellationToken);
        return await read(new Sql(connection, null, Dialect, cancellationToken));
    }

    /// <summary>
    /// Reads what is shown, at a replica where there is one: it may be a little old, but has all that the request's user wrote. Outside requests
    /// as <see cref="ReadAsync"/>.
    /// </summary>
    public virtual async Task<T> ReadShownAsync<T>(Func<Sql, Task<T>> read, CancellationToken cancellationToken)
    {
        if (current.Session is not { } session)
            return await ReadAsync(read, cancellationToken);
        await using var connection = await session.OpenReadAsync(cancellationToken);
        return await read(new Sql(connection, null, Dialect, cancellationToken));
    }

    /// <summary>
    /// Does some writing in a transaction and returns after its commit. It may be done again after a deadlock, so it changes nothing but the
    /// database. One write must not wait for another.
    /// </summary>
    public abstract Task<T> WriteAsync<T>(Func<Sql, Task<T>> write, CancellationToken cancellationToken);

    /// <summary>Whether a row of the same key was there already. The transaction can go on after it.</summary>
    public abstract bool IsDuplicate(DbException exception);

    /// <summary>Opens a connection that may write, for what is not awaited, such as the key ring.</summary>
    public virtual DbConnection Open() => hosts.Primary.OpenConnection();

    public abstract ValueTask DisposeAsync();

    public Task WriteAsync(Func<Sql, Task> write, CancellationToken cancellationToken) => WriteAsync(
        async statements =>
        {
            await write(statements);
            return true;
        },
        cancellationToken);

    /// <summary>Stores a row, unless one of its key is there: the caller says what that means.</summary>
    /// <returns>Whether it was stored.</returns>
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

    /// <summary>Applies the numbered files that are not applied yet, and records them.</summary>
    public abstract Task ApplySchemaAsync(TimeProvider clock, CancellationToken cancellationToken);

    /// <summary>Whether the files that this program knows are applied, and no other: what a newer program made may be another shape.</summary>
    public async Task<bool> HasSchemaAsync(CancellationToken cancellationToken) =>
        await ReadAsync(sql => sql.FindAsync<int?>("SELECT MAX(number) FROM platform_schema"), cancellationToken) == SchemaFiles().Last().Number;

    /// <summary>The files of this engine in their order, each with its statements: these end with a semicolon at the end of a line.</summary>
    protected IEnumerable<(int Number, string File, string[] Statements)> SchemaFiles()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = $"{SchemaPrefix}{Engine}.";
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var file = name[prefix.Length..];
            var statements = reader.ReadToEnd().ReplaceLineEndings("\n")
                .Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            yield return (int.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture), file, statements);
        }
    }
}

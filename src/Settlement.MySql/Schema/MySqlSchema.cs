using System.Globalization;
using System.IO.Hashing;
using System.Reflection;
using System.Text;
using Dapper;
using MySqlConnector;
using Settlement.MySql.Database;

namespace Settlement.MySql.Schema;

/// <summary>
/// Applies the numbered files of this folder. The server commits every CREATE by itself, so how many statements of a file are done is
/// recorded after each: a call that was cut off is gone on with by the next.
/// </summary>
internal sealed class MySqlSchema(MySqlDatabase database, TimeProvider clock) : ISchema
{
    private const string Prefix = "Settlement.MySql.Schema.";

    /// <summary>The table in which is recorded what is applied.</summary>
    public const string Record = "settlement_schema";

    private static readonly TimeSpan LockWait = TimeSpan.FromMinutes(1);

    private static readonly string[] Files =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>The newest file's number.</summary>
    public static int Version => Number(Files[^1]);

    public async Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken = default)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                return await ApplyAsync(connection, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (Fault.IsOfDriver(e))
            {
                throw Fault.Of(e, database.Place, cancellationToken);
            }
        }
    }

    /// <summary>A database of the store's own is created where it is missing; one that the application named is the application's to create.</summary>
    private async Task<MySqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await database.OpenWriterAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (MySqlStoreException e) when (database.Options.Database is not null
            && e.Number is (int)MySqlErrorCode.UnknownDatabase or (int)MySqlErrorCode.DatabaseAccessDenied)
        {
            await database.CreateAsync(cancellationToken).ConfigureAwait(false);
            return await database.OpenWriterAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<string>> ApplyAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var found = await SchemaCheck.FindAsync(connection, cancellationToken).ConfigureAwait(false);
        if (found > Version)
            throw new SchemaException(database.Place, found, Version);
        if (found == Version)
            return [];

        // One instance at a time; the lock goes with the connection.
        var name = LockName(connection.Database);
        if (!await NamedLock.TryTakeAsync(connection, name, LockWait, database.Place, cancellationToken).ConfigureAwait(false))
        {
            var holder = await NamedLock.HolderAsync(connection, name, cancellationToken).ConfigureAwait(false);
            throw new MySqlStoreException(
                $"{database.Place}: another instance ({holder}) has been applying the schema for over a minute. Wait for its end, and try again.",
                isTransient: true);
        }

        try
        {
            await TakenNames.RequireNoneAsync(connection, database.Place, [.. Files.Select(file => (Number(file), Statements(file)))], cancellationToken)
                .ConfigureAwait(false);
            await connection.ExecuteAsync("""
                CREATE TABLE IF NOT EXISTS settlement_schema (
                    number INT NOT NULL PRIMARY KEY, file VARBINARY(256) NOT NULL, statements INT NOT NULL, begun INT NULL, applied_at DATETIME(6) NULL
                ) ENGINE = InnoDB
                """).ConfigureAwait(false);
            var applied = new List<string>();
            foreach (var file in Files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (await ApplyAsync(connection, file).ConfigureAwait(false))
                    applied.Add(file[Prefix.Length..]);
            }

            return applied;
        }
        finally
        {
            await NamedLock.ReleaseAsync(connection, name).ConfigureAwait(false);
        }
    }

    private async Task<bool> ApplyAsync(MySqlConnection connection, string file)
    {
        var number = Number(file);
        var (done, begun, appliedAt) = await connection.QuerySingleOrDefaultAsync<(int? Statements, int? Begun, DateTime? AppliedAt)>(
            "SELECT statements, begun, applied_at FROM settlement_schema WHERE number = @number", new { number }).ConfigureAwait(false);
        if (appliedAt is not null)
            return false;
        if (done is null)
        {
            await connection.ExecuteAsync(
                "INSERT INTO settlement_schema (number, file, statements) VALUES (@number, @file, 0)", new { number, file = file[Prefix.Length..] })
                .ConfigureAwait(false);
        }

        var statements = Statements(file);
        for (var i = done ?? 0; i < statements.Length; i++)
        {
            await connection.ExecuteAsync("UPDATE settlement_schema SET begun = @i WHERE number = @number", new { i, number }).ConfigureAwait(false);
            try
            {
                await connection.ExecuteAsync(statements[i].Text).ConfigureAwait(false);
            }
            catch (MySqlException e) when (i == begun && e.ErrorCode is MySqlErrorCode.TableExists or MySqlErrorCode.DuplicateKeyEntry or MySqlErrorCode.DuplicateFieldName)
            {
                // The call that was cut off had done this one, and not yet said so.
            }
            catch (MySqlException e) when (!Fault.IsLostConnection(e))
            {
                // Refused, and known to be not done: a table of that name is somebody else's, also next time.
                await connection.ExecuteAsync("UPDATE settlement_schema SET begun = NULL WHERE number = @number", new { number }).ConfigureAwait(false);
                throw;
            }

            await connection.ExecuteAsync("UPDATE settlement_schema SET statements = @i + 1, begun = NULL WHERE number = @number", new { i, number })
                .ConfigureAwait(false);
        }

        await connection.ExecuteAsync(
            "UPDATE settlement_schema SET applied_at = @now WHERE number = @number", new { number, now = Sql.Instant(clock.GetUtcNow()) })
            .ConfigureAwait(false);
        return true;
    }

    /// <summary>Lock names are of the whole server and have at most 64 characters.</summary>
    internal static string LockName(string database) => $"settlement_schema_{Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(database)))}";

    private static int Number(string file) => int.Parse(file.AsSpan(Prefix.Length, 4), CultureInfo.InvariantCulture);

    /// <summary>Statements end with a semicolon at the end of a line.</summary>
    private static SchemaStatement[] Statements(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!;
        using var reader = new StreamReader(stream);
        var texts = reader.ReadToEnd().ReplaceLineEndings("\n").Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return [.. texts.Select(text => new SchemaStatement(text))];
    }
}

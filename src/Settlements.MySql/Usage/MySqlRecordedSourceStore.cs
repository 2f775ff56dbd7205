using System.Data.Common;
using Dapper;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The store of the source definitions with which days were published.</summary>
internal sealed class MySqlRecordedSourceStore(MySqlDatabase database) : IRecordedSourceStore
{
    public Task<IReadOnlyList<RecordedSource>> ListAsync(DbTransaction? transaction, CancellationToken cancellationToken) =>
        database.ReadAsync(transaction, async (connection, active) =>
        {
            var rows = await connection.QueryAsync<(
                string Source, string Meter, DateTime FirstDay, string Definition, DateTime CountedFrom)>(
                new CommandDefinition(
                    $"""
                    SELECT {Rows.Text("source")}, {Rows.Text("meter")}, first_day, {Rows.Text("definition")}, counted_from
                    FROM recorded_sources r ORDER BY r.source, r.meter, r.first_day
                    """,
                    transaction: active, cancellationToken: cancellationToken)).ConfigureAwait(false);
            return (IReadOnlyList<RecordedSource>)[.. rows.Select(r => new RecordedSource(
                r.Source, r.Meter, Sql.Day(r.FirstDay), r.Definition, Sql.Day(r.CountedFrom)))];
        },
        cancellationToken);

    public Task RecordAsync(DbTransaction transaction, IReadOnlyList<RecordedSource> sources, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO recorded_sources (source, meter, first_day, definition, counted_from)
            VALUES (@Source, @Meter, @firstDay, @Definition, @countedFrom)
            """,
            sources.Select(s => new
            {
                s.Source, s.Meter, firstDay = Sql.Day(s.FirstDay), s.Definition, countedFrom = Sql.Day(s.CountedFrom),
            }),
            transaction, cancellationToken: cancellationToken));

    public Task<string?> FindStateAsync(DateOnly usageDate, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "SELECT state FROM source_states WHERE usage_date = @day", new { day = Sql.Day(usageDate) },
            cancellationToken: cancellationToken)),
        cancellationToken);

    public Task RecordStateAsync(DateOnly usageDate, string state, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO source_states (usage_date, state) VALUES (@day, @state) ON DUPLICATE KEY UPDATE state = @state
            """,
            new { day = Sql.Day(usageDate), state }, transaction, cancellationToken: cancellationToken)),
        cancellationToken);
}

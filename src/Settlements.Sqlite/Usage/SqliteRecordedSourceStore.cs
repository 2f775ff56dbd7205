using System.Data.Common;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Stores the sources of published days.</summary>
internal sealed class SqliteRecordedSourceStore(SqliteDatabase database) : IRecordedSourceStore
{
    public Task<IReadOnlyList<RecordedSource>> ListAsync(DbTransaction? transaction, CancellationToken cancellationToken)
    {
        using var reader = transaction is null ? database.OpenReader() : null;
        using var row = new SqliteStatement(reader ?? (SqliteConnection)transaction!.Connection!, """
            SELECT source, meter, first_day, definition, counted_from FROM recorded_sources ORDER BY source, meter, first_day
            """);
        var sources = new List<RecordedSource>();
        while (row.Step())
            sources.Add(new RecordedSource(row.Text(0), row.Text(1), DayText.Parse(row.Text(2)), row.Text(3), DayText.Parse(row.Text(4))));
        return Task.FromResult<IReadOnlyList<RecordedSource>>(sources);
    }

    public Task RecordAsync(DbTransaction transaction, IReadOnlyList<RecordedSource> sources, CancellationToken cancellationToken)
    {
        using var insert = new SqliteStatement((SqliteConnection)transaction.Connection!, """
            INSERT INTO recorded_sources (source, meter, first_day, definition, counted_from) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """);
        foreach (var source in sources)
        {
            insert.Bind(1, source.Source).Bind(2, source.Meter).Bind(3, DayText.From(source.FirstDay)).Bind(4, source.Definition)
                .Bind(5, DayText.From(source.CountedFrom)).Execute();
        }

        return Task.CompletedTask;
    }

    public Task<string?> FindStateAsync(DateOnly usageDate, CancellationToken cancellationToken)
    {
        using var reader = database.OpenReader();
        using var row = new SqliteStatement(reader, "SELECT state FROM source_states WHERE usage_date = ?");
        row.Bind(1, DayText.From(usageDate));
        return Task.FromResult(row.Step() ? row.Text(0) : null);
    }

    public Task RecordStateAsync(DateOnly usageDate, string state, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, _) =>
        {
            using var upsert = new SqliteStatement(connection, """
                INSERT INTO source_states (usage_date, state) VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state
                """);
            upsert.Bind(1, DayText.From(usageDate)).Bind(2, state).Execute();
            return Task.FromResult(true);
        },
        cancellationToken);
}

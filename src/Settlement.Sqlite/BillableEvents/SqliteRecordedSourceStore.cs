using System.Data.Common;
using Dapper;
using Settlement.BillableEvents;
using Settlement.Sqlite.Connections;

namespace Settlement.Sqlite.BillableEvents;

/// <summary>The sources with which days were published.</summary>
internal sealed class SqliteRecordedSourceStore(SqliteDatabase database) : IRecordedSourceStore
{
    public async Task<IReadOnlyList<RecordedSource>> ListAsync(DbTransaction? transaction, CancellationToken cancellationToken)
    {
        using var reader = transaction is null ? database.OpenReader() : null;
        var rows = await (reader ?? transaction!.Connection!).QueryAsync<(string Source, string Meter, string FirstDay, string Definition, string CountedFrom)>(
            "SELECT source, meter, first_day, definition, counted_from FROM recorded_sources ORDER BY source, meter, first_day", transaction: transaction)
            .ConfigureAwait(false);
        return [.. rows.Select(r => new RecordedSource(r.Source, r.Meter, DayText.Parse(r.FirstDay), r.Definition, DayText.Parse(r.CountedFrom)))];
    }

    public Task RecordAsync(DbTransaction transaction, IReadOnlyList<RecordedSource> sources, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO recorded_sources (source, meter, first_day, definition, counted_from)
            VALUES (@Source, @Meter, @firstDay, @Definition, @countedFrom) ON CONFLICT DO NOTHING
            """,
            sources.Select(s => new { s.Source, s.Meter, firstDay = DayText.From(s.FirstDay), s.Definition, countedFrom = DayText.From(s.CountedFrom) }),
            transaction);
}

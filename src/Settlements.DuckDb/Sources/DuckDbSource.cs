using System.Globalization;
using System.Numerics;
using Settlements.Stores;

namespace Settlements.DuckDb;

/// <summary>Files, or a table of a DuckDB database, as a usage source.</summary>
/// <remarks>
/// One operation runs at a time, since its query uses all threads and all memory that the options allow. Queries run synchronously: the
/// driver has no asynchronous ones.
/// </remarks>
internal sealed class DuckDbSource(UsageTable table, SourceFiles files, DuckDbOptions options) : IUsageSource, IDisposable
{
    /// <summary>The parts of a day by whose numbers of rows it is divided into slices.</summary>
    private const int BucketsPerDay = 1_000;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly SourceErrors _errors = new(table.Name, files, options);
    private readonly FileCatalog _catalog = new(table, files, new SourceErrors(table.Name, files, options));

    /// <summary>
    /// The session of the last operation if that was <see cref="FindStateAsync"/>, which is called for one day after another; otherwise
    /// null. It has read no file, and lists files as they are. Never of a database, which it would keep open.
    /// </summary>
    private DuckDbSession? _listing;

    private volatile bool _isDisposed;

    public string Name => table.Name;

    public IReadOnlyList<SourceMeter> Meters { get; } = table.Meters;

    public Task<string> IdentifyAsync(CancellationToken cancellationToken) => Task.FromResult(
        files.Format == FileFormat.Database ? $"{files} {table.Table.ToLowerInvariant()}" : files.ToString());

    public Task ValidateAsync(CancellationToken cancellationToken) => RunAsync(
        session =>
        {
            var (relation, _) = RequireInstants(session);
            JoinedTables.RequireUnique(session, table, relation, _errors);
            if (table.PayeeHistory is { } history)
                new PayeeHistorySql(relation, history, DateOnly.MaxValue, SupportedInstants.End).Check(session, _errors);
            session.Execute($"EXPLAIN SELECT 1 FROM {relation.From(Sample(_catalog.List(session)))} WHERE true{Sql.And(table.Filter)}");
            return true;
        }, cancellationToken);

    public Task<DateTimeOffset?> FindFirstInstantAsync(DateTimeOffset? from, CancellationToken cancellationToken) => RunAsync(
        session =>
        {
            var (relation, listed) = RequireInstants(session);
            var known = _catalog.Statistics(session, listed);
            var start = from is { } instant ? UnixMicroseconds.From(instant) : long.MinValue;
            var candidates = listed.Where(f => known[f].Last >= start).ToList();
            if (candidates.Count == 0)
                return null;
            if (table.Filter is null && candidates.TrueForAll(f => known[f].First >= start))
                return (DateTimeOffset?)UnixMicroseconds.ToInstant(candidates.Min(f => known[f].First!.Value));
            var bound = from is null ? "true" : $"{relation.OccurredAt.Instant(table.OccurredAtFormat)} >= "
                + $"{relation.OccurredAt.Bound(table.OccurredAtFormat, from.Value)}";
            var first = session.List(
                $"SELECT min({relation.OccurredAt.Microseconds(table.OccurredAtFormat)}) FROM {relation.From(Paths(candidates))} WHERE "
                    + $"{bound}{Sql.And(table.Filter)}",
                r => r.IsDBNull(0) ? (long?)null : (long)r.GetFieldValue<BigInteger>(0)).Single();
            return first is { } found ? UnixMicroseconds.ToInstant(found) : null;
        }, cancellationToken);

    public Task<string?> FindStateAsync(SourceDay day, CancellationToken cancellationToken) => RunAsync(
        session =>
        {
            // Where the files of the day aren't known without reading them, a change of any of them counts.
            var listed = files.Format == FileFormat.Parquet ? _catalog.ListWithin(session, day.Range)
                : _catalog.ListByPath(session, day.Range);
            return (string?)FileCatalog.State([.. listed, .. _catalog.ListLookups(session)]);
        }, cancellationToken, keepsSession: files.Format != FileFormat.Database);

    public Task<IReadOnlyList<SourceSlice>> SliceAsync(SourceDay day, int rowsMax, CancellationToken cancellationToken) => RunAsync(
        session =>
        {
            var listed = _catalog.ListWithin(session, day.Range);
            if (listed.Count == 0)
                return (IReadOnlyList<SourceSlice>)[];
            var relation = SourceRelation.Bind(session, table, files, Paths(listed), _errors);
            var ranges = Divide(session, relation, listed, day.Range, Math.Max(rowsMax, options.SliceRowsMax));
            return [.. from range in ranges
                       from part in Enumerable.Range(0, options.ItemParts)
                       select new DuckDbSlice(range.Start, range.End, part, options.ItemParts).ToSlice()];
        }, cancellationToken);

    public Task<long> SumAsync(SourceDay day, SourceSlice? slice, SumAccumulator totals, CancellationToken cancellationToken)
    {
        var slices = slice is not null ? [DuckDbSlice.Parse(slice, _errors)]
            : Enumerable.Range(0, options.ItemParts).Select(i => new DuckDbSlice(day.Range.Start, day.Range.End, i, options.ItemParts))
                .ToList();
        return RunAsync(
            session =>
            {
                var rows = 0L;
                foreach (var one in slices)
                    rows += Sum(session, day, one, totals);
                return rows;
            }, cancellationToken);
    }

    public void Dispose()
    {
        _isDisposed = true;
        _listing?.Dispose();
        _turn.Dispose();
    }

    private long Sum(DuckDbSession session, SourceDay day, DuckDbSlice slice, SumAccumulator totals)
    {
        var listed = _catalog.ListWithin(session, new UtcRange(slice.From, slice.End));
        if (listed.Count == 0)
            return 0;
        var counted = table.WithMeters(day.Meters);
        var relation = SourceRelation.Bind(session, counted, files, Paths(listed), _errors);
        JoinedTables.RequireUnique(session, counted, relation, _errors);
        var payees = counted.PayeeHistory is { } history ? new PayeeHistorySql(relation, history, day.Date, day.Range.End) : null;
        payees?.Check(session, _errors);
        var within = Conditions.Within(relation.OccurredAt, table.OccurredAtFormat, slice.From, slice.End);
        if (slice.Parts > 1)
            within += string.Create(CultureInfo.InvariantCulture, $" AND hash({relation.Item.Expression}) % {slice.Parts} = {slice.Part}");
        var known = _catalog.Statistics(session, listed);
        var query = SumQuery.Of(counted, relation, Paths(listed), within, payees?.Payees, [.. listed.Select(f => known[f])]);
        var groups = new GroupReader(counted, query, totals);
        session.Read(query.Text, groups.Read);
        if (groups.HasInvalidValue)
        {
            throw new BadRows(session, counted, files, relation, _errors).FindValue(listed, within)
                ?? (Exception)new ChangedFilesException($"Source '{Name}': a row that can't be counted is no longer in {files}. Retry.");
        }

        if (groups.ItemWithoutPayee is { } item)
        {
            throw _errors.Of(string.Create(
                CultureInfo.InvariantCulture,
                $"table {counted.PayeeHistory!.Table} has no payee of item '{MessageText.Escape(item)}' as of {day.Date:O}. Add a row with "
                + $"{counted.PayeeHistory.FromColumn} on or before this day, or exclude the item with Where(…)."));
        }

        if (!FileCatalog.AreUnchanged(listed))
            throw new ChangedFilesException($"Source '{Name}': a file of {files} was replaced while it was read. Retry.");
        return groups.AddsUp ? groups.Rows : throw new ChangedFilesException(
            $"Source '{Name}': the groups of {day.Date:O} in {files} don't add up to the control totals of the same query. Retry; if it "
            + "happens again, check the memory and the disk of the machine.");
    }

    /// <summary>Lists the files and throws when a counted row has no valid instant.</summary>
    private (SourceRelation Relation, IReadOnlyList<SourceFile> Listed) RequireInstants(DuckDbSession session)
    {
        var listed = _catalog.List(session);
        _catalog.Keep(listed);
        var known = _catalog.Statistics(session, listed);
        var relation = SourceRelation.Bind(session, table, files, Sample(listed), _errors);
        var invalid = listed.Where(f => known[f].HasInvalidInstant).ToList();
        if (invalid.Count > 0 && new BadRows(session, table, files, relation, _errors).FindInstant(invalid) is { } found)
            throw found;
        return (relation, listed);
    }

    /// <summary>Divides a day into ranges with at most a number of rows, where the rows of a bucket are fewer.</summary>
    private List<UtcRange> Divide(
        DuckDbSession session, SourceRelation relation, IReadOnlyList<SourceFile> listed, UtcRange day, long rowsMax)
    {
        var within = Conditions.Within(relation.OccurredAt, table.OccurredAtFormat, day.Start, day.End);
        var known = _catalog.Statistics(session, listed);
        if (listed.Sum(f => known[f].Rows) <= rowsMax)
        {
            var any = session.List($"SELECT 1 FROM {relation.From(Paths(listed))} WHERE {within} LIMIT 1", _ => true);
            return any.Count > 0 ? [day] : [];
        }

        var start = UnixMicroseconds.From(day.Start);
        var width = Math.Max(1, (UnixMicroseconds.From(day.End) - start) / BucketsPerDay);
        var buckets = session.List(
            $"""
            SELECT CAST(({relation.OccurredAt.Microseconds(table.OccurredAtFormat)} - {Sql.Number(start)}) // {Sql.Number(width)} AS
                BIGINT) AS bucket,
                count(*) FROM {relation.From(Paths(listed))} WHERE {within} GROUP BY bucket ORDER BY bucket
            """, r => (Bucket: r.GetInt64(0), Rows: r.GetInt64(1)));
        var ranges = new List<UtcRange>();
        var (from, rows) = (day.Start, 0L);
        foreach (var bucket in buckets)
        {
            if (rows > 0 && rows + bucket.Rows > rowsMax)
            {
                var end = UnixMicroseconds.ToInstant(start + bucket.Bucket * width);
                ranges.Add(new UtcRange(from, end));
                (from, rows) = (end, 0);
            }

            rows += bucket.Rows;
        }

        if (rows > 0)
            ranges.Add(new UtcRange(from, day.End));
        return ranges;
    }

    /// <summary>The files whose columns are read: those of Parquet and CSV are compared with the first when their statistics are
    /// read.</summary>
    private List<string> Sample(IReadOnlyList<SourceFile> listed) =>
        files.Format == FileFormat.JsonLines ? Paths(listed) : [listed[0].Path];

    private static List<string> Paths(IReadOnlyList<SourceFile> listed) => [.. listed.Select(f => f.Path)];

    private async Task<T> RunAsync<T>(Func<DuckDbSession, T> work, CancellationToken cancellationToken, bool keepsSession = false)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        var session = _listing;
        _listing = null;
        try
        {
            if (files.Format == FileFormat.Database && !File.Exists(files.Patterns[0]))
                throw _errors.Of($"there is no database {files.Patterns[0]}. Correct the path, or create the database.");
            if (session is null || !keepsSession)
            {
                session?.Dispose();
                session = DuckDbSession.Open(files, options, _errors, cancellationToken);
            }

            session.Cancellation = cancellationToken;
            var filesRead = _catalog.FilesRead;
            var result = work(session);
            if (keepsSession && _catalog.FilesRead == filesRead && !_isDisposed)
                (_listing, session) = (session, null);
            return result;
        }
        finally
        {
            session?.Dispose();
            _turn.Release();
        }
    }
}

using System.Globalization;
using Settlements.Stores;

namespace Settlements.ClickHouse;

/// <summary>A table of ClickHouse as a usage source: the server, or its cluster, sums.</summary>
/// <param name="table">The table.</param>
/// <param name="options">The options.</param>
/// <param name="statements">Executes the statements; disposed with the source.</param>
/// <param name="clock">The clock of delays between retries, and of open days.</param>
internal sealed class ClickHouseSource(UsageTable table, ClickHouseOptions options, IStatements statements, TimeProvider clock)
    : IUsageSource, IDisposable
{
    private readonly Retry _retry = new(options.RetriesMax, Backoff.OfRetries(options.RetryDelay), clock);

    /// <summary>The tables as of the last validation: a close validates once, and then sums many slices.</summary>
    private SourceCatalogue? _catalogue;

    public string Name => table.Name;

    public IReadOnlyList<SourceMeter> Meters { get; } = table.Meters;

    /// <summary>
    /// Returns the server and the table; of a Distributed table the cluster and the table below, which others may read too.
    /// </summary>
    public Task<string> IdentifyAsync(CancellationToken cancellationToken) => ReadAsync(
        async token =>
        {
            var found = (await ReadCatalogueAsync(token).ConfigureAwait(false)).Table;
            var server = options.Name ?? statements.Server;
            return found.Distributed is var (cluster, database, name)
                ? $"{server}/{cluster}/{database}.{name}" : $"{server}/{found.Database}.{found.Name}";
        },
        cancellationToken);

    public Task ValidateAsync(CancellationToken cancellationToken) => ReadAsync(
        async token =>
        {
            var catalogue = await ReadCatalogueAsync(token).ConfigureAwait(false);
            var sql = new SourceSql(catalogue, options.Final);
            var errors = SourceValidation.Validate(catalogue, sql, options).Distinct(StringComparer.Ordinal).ToList();
            if (errors.Count > 0)
                throw new UsageSourceException($"Source '{Name}' can't be read from table {table.Table}: {string.Join("; ", errors)}.");
            await JoinedTables.RequireUniqueAsync(statements, catalogue, sql, token).ConfigureAwait(false);
            await RequireInstantsAsync(catalogue, sql, token).ConfigureAwait(false);

            // Without rows: the condition is of the application, and only the server knows its syntax and types.
            var sums = new SliceSums(table, sql);
            await statements.ReadAsync(
                sums.Groups(_ => "(1 = 0)", BusinessCalendar.FirstDay, SupportedInstants.First),
                sums.NewGroupsReader(sums.NewSums(), new SumAccumulator()), token).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    public Task<DateTimeOffset?> FindFirstInstantAsync(DateTimeOffset? from, CancellationToken cancellationToken) => ReadAsync(
        async token =>
        {
            var (catalogue, sql) = await SqlAsync(token).ConfigureAwait(false);
            var instant = sql.Instant;
            var rows = await TextRows.ReadAsync(
                statements, $"SELECT toString(count()), ifNull(toString({instant.UnitsOf($"min({instant.Column.Sql})")}), '') "
                    + sql.Rows(i => from is { } first ? i.AtLeast(first) : "(1 = 1)"), 2, token).ConfigureAwait(false);
            if (rows is not [["0", _]] && rows is [[_, var least]])
            {
                if (least.Length > 0 && instant.ToInstant(Int128.Parse(least, CultureInfo.InvariantCulture)) is { } found)
                    return found;
                await RequireInstantsAsync(catalogue, sql, token).ConfigureAwait(false);
            }

            return (DateTimeOffset?)null;
        },
        cancellationToken);

    public Task<string?> FindStateAsync(SourceDay day, CancellationToken cancellationToken) => ReadAsync(
        async token =>
        {
            var catalogue = await ReadCatalogueAsync(token).ConfigureAwait(false); // a table may have another engine by now
            return await new PartState(statements, catalogue, new SourceSql(catalogue, options.Final)).FindAsync(day.Range, token)
                .ConfigureAwait(false);
        },
        cancellationToken);

    public Task<IReadOnlyList<SourceSlice>> SliceAsync(SourceDay day, int rowsMax, CancellationToken cancellationToken) => ReadAsync(
        async token =>
        {
            var (_, sql) = await SqlAsync(token).ConfigureAwait(false);
            return await SlicePlan.FindAsync(statements, sql, day.Range, options.SliceRowsMax, token).ConfigureAwait(false);
        },
        cancellationToken);

    public Task<long> SumAsync(SourceDay day, SourceSlice? slice, SumAccumulator totals, CancellationToken cancellationToken) => ReadAsync(
        async token =>
        {
            if (totals.Count == 0)
                return await SumOnceAsync(day, slice, totals, token).ConfigureAwait(false);

            // A failed attempt must leave the sums of others as they were.
            var own = new SumAccumulator();
            var rows = await SumOnceAsync(day, slice, own, token).ConfigureAwait(false);
            for (var i = 0; i < own.Count; i++)
            {
                var sum = own.Read(i);
                totals.AddSum(sum.Meter, sum.ItemId, sum.PayeeId, sum.UsageDate, sum.Quantity, sum.Events);
            }

            return rows;
        },
        cancellationToken);

    public void Dispose() => (statements as IDisposable)?.Dispose();

    private async Task<long> SumOnceAsync(SourceDay day, SourceSlice? slice, SumAccumulator totals, CancellationToken cancellationToken)
    {
        try
        {
            var (_, sql) = await SqlAsync(cancellationToken).ConfigureAwait(false);
            return await SumAsync(day, slice, sql, totals, cancellationToken).ConfigureAwait(false);
        }
        catch (ClickHouseException)
        {
            totals.Clear();
            throw;
        }
    }

    private async Task<long> SumAsync(
        SourceDay day, SourceSlice? slice, SourceSql sql, SumAccumulator totals, CancellationToken cancellationToken)
    {
        var sums = new SliceSums(table.WithMeters(day.Meters), sql);
        var range = Range(day, slice);
        var expected = sums.NewSums();
        await statements.ReadAsync(sums.Totals(Within), sums.NewTotalsReader(expected), cancellationToken).ConfigureAwait(false);
        if (expected.Rows == 0)
            return 0;
        if (expected.Rows > int.MaxValue)
            return await SumInSlicesAsync(day, slice, sql, expected.Rows, totals, cancellationToken).ConfigureAwait(false);
        var bad = new BadRow(statements, _catalogue! with { Source = table.WithMeters(day.Meters) }, sql);
        if (expected.Invalid is { } measure)
            throw await bad.FindQuantityAsync(measure, Within, cancellationToken).ConfigureAwait(false);
        var read = sums.NewSums();
        var groups = sums.NewGroupsReader(read, totals);
        try
        {
            await statements.ReadAsync(sums.Groups(Within, day.Date, day.Range.End), groups, cancellationToken).ConfigureAwait(false);
        }
        catch (BadRowException) when (groups.Bad is { } group)
        {
            throw await bad.FindAsync(group, Within, day.Date, cancellationToken).ConfigureAwait(false);
        }
        catch (BadRowException)
        {
            throw new ClickHouseException(
                $"ClickHouse at {statements.Server}: the answer has bytes that are no row.", 0, isTransient: true);
        }

        return read.IsSame(expected) ? read.Rows : throw new ClickHouseException(
            FormattableString.Invariant($"ClickHouse at {statements.Server}: the sums by item and payee comprise {read.Rows} rows, and ")
            + FormattableString.Invariant($"the totals that were counted apart {expected.Rows}, or other quantities. Rows may have ")
            + "arrived meanwhile.",
            0, isTransient: true);

        string Within(SourceInstant instant) => instant.Within(range.Start, range.End);
    }

    /// <summary>Sums a day of more rows than one statement can sum without wrapping.</summary>
    private async Task<long> SumInSlicesAsync(
        SourceDay day, SourceSlice? slice, SourceSql sql, long rows, SumAccumulator totals, CancellationToken cancellationToken)
    {
        if (slice is not null)
        {
            throw new UsageSourceException(FormattableString.Invariant(
                $"Source '{Name}': {rows} rows of table {table.Table} are within one slice of {day.Date:O}, more than the limit of ")
                + FormattableString.Invariant($"{int.MaxValue}. Lower SliceRowsMax, and abandon the run."));
        }

        var summed = 0L;
        foreach (var part in await SlicePlan.FindAsync(statements, sql, day.Range, options.SliceRowsMax, cancellationToken)
            .ConfigureAwait(false))
            summed += await SumAsync(day, part, sql, totals, cancellationToken).ConfigureAwait(false);
        return summed;
    }

    /// <summary>
    /// Returns the instants to sum, the end excluded: of an open day those up to now, since rows of later instants arrive while the
    /// statements run.
    /// </summary>
    private (DateTimeOffset Start, DateTimeOffset End) Range(SourceDay day, SourceSlice? slice)
    {
        var start = slice?.From is [var from, ..] ? (DateTimeOffset)from.Value : day.Range.Start;
        var end = slice?.To is [var to, ..] ? (DateTimeOffset)to.Value : day.Range.End;
        var afterNow = clock.GetUtcNow().AddMicroseconds(1);
        return (start, afterNow < end ? afterNow : end);
    }

    private async Task RequireInstantsAsync(SourceCatalogue catalogue, SourceSql sql, CancellationToken cancellationToken)
    {
        if (await new BadRow(statements, catalogue, sql).FindInstantAsync(cancellationToken).ConfigureAwait(false) is { } bad)
            throw bad;
    }

    private async Task<(SourceCatalogue Catalogue, SourceSql Sql)> SqlAsync(CancellationToken cancellationToken)
    {
        var catalogue = _catalogue ?? await ReadCatalogueAsync(cancellationToken).ConfigureAwait(false);
        return (catalogue, new SourceSql(catalogue, options.Final));
    }

    private async Task<SourceCatalogue> ReadCatalogueAsync(CancellationToken cancellationToken) =>
        _catalogue = await SourceCatalogue.ReadAsync(statements, table, cancellationToken).ConfigureAwait(false);

    /// <summary>Retries after transient errors, and names the source in the error that remains.</summary>
    private async Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await _retry.RunAsync(read, cancellationToken).ConfigureAwait(false);
        }
        catch (ClickHouseException e)
        {
            throw new UsageSourceException($"Source '{Name}' can't be read from table {table.Table}. {e.Message} " + (e.IsTransient
                ? FormattableString.Invariant($"This error is transient, and remained after {options.RetriesMax} retries. When the server ")
                    + "and all shards answer, start again: a close continues with the slices that are not summed yet."
                : "Check the source's definition, and the user's permissions."));
        }
    }
}

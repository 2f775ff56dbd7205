namespace Settlements;

/// <summary>Describes a host's own table as a source of events.</summary>
public sealed class UsageTableBuilder
{
    private readonly string _name;
    private readonly List<UsageMeasure> _measures = [];
    private string? _table;
    private string[] _key = [];
    private string? _occurredAt;
    private InstantFormat _format;
    private string? _item;
    private string? _payee;
    private string? _filter;
    private DateOnly? _countedFrom;
    private DateOnly? _countedThrough;

    internal UsageTableBuilder(string name) => _name = name;

    /// <summary>The table.</summary>
    /// <param name="name">Its name, without quotes.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Table(string name)
    {
        _table = name;
        return this;
    }

    /// <summary>The clustering key, by which a day is cut into chunks: unique together, not null, and an index starts with them.</summary>
    /// <param name="columns">The columns, in the key's order.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Key(params string[] columns)
    {
        _key = columns;
        return this;
    }

    /// <summary>The instant of a row.</summary>
    /// <param name="column">The column; UTC, not null.</param>
    /// <param name="format">How it is kept.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder OccurredAt(string column, InstantFormat format = InstantFormat.Text)
    {
        _occurredAt = column;
        _format = format;
        return this;
    }

    /// <summary>The item's id.</summary>
    /// <param name="column">The column: text, or whole numbers, which become their digits; on MySQL also BINARY(16), which becomes a UUID's lower-case text; not null.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Item(string column)
    {
        _item = column;
        return this;
    }

    /// <summary>The payee's id.</summary>
    /// <param name="column">The column: text, or whole numbers, which become their digits; on MySQL also BINARY(16), which becomes a UUID's lower-case text; not null.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Payee(string column)
    {
        _payee = column;
        return this;
    }

    /// <summary>Takes only the rows that meet a condition.</summary>
    /// <param name="condition">
    /// SQL in the store's dialect, written by you; never put input into it. It stands in parentheses: placeholders, comments, semicolons, and
    /// parentheses or quotes that are not balanced are refused at start, and on MySQL double quotes.
    /// </param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Where(string condition)
    {
        _filter = condition;
        return this;
    }

    /// <summary>
    /// The first business day whose rows count. Without it, rows count from the first open day on which the source, or a meter of it, was first
    /// seen; that day is recorded. Rows from before it are never paid unless they are asked for by name when reconciling.
    /// </summary>
    /// <param name="day">The day, included.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder CountedFrom(DateOnly day)
    {
        _countedFrom = day;
        return this;
    }

    /// <summary>The last business day whose rows count: ends a source that days were closed with. It stays configured, for corrections of these days.</summary>
    /// <param name="day">The day, included.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder CountedThrough(DateOnly day)
    {
        _countedThrough = day;
        return this;
    }

    /// <summary>Every row counts 1 for a meter.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="countedFrom">The first business day whose rows count for this meter; null for that of the source.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Counts(string meter, DateOnly? countedFrom = null)
    {
        _measures.Add(new UsageMeasure(meter, null, countedFrom));
        return this;
    }

    /// <summary>Every row counts the whole number in a column for a meter; 0 counts nothing.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="column">The column: whole numbers, not null.</param>
    /// <param name="countedFrom">The first business day whose rows count for this meter; null for that of the source.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Sums(string meter, string column, DateOnly? countedFrom = null)
    {
        _measures.Add(new UsageMeasure(meter, column, countedFrom));
        return this;
    }

    /// <summary>The source, or every fault of it in words.</summary>
    internal UsageTable? Build(List<string> faults)
    {
        var before = faults.Count;
        Need(_table, "Table(…) is missing");
        Need(_occurredAt, "OccurredAt(…) is missing");
        Need(_item, "Item(…) is missing");
        Need(_payee, "Payee(…) is missing");
        if (_key.Length == 0 || _key.Any(string.IsNullOrWhiteSpace))
            faults.Add($"Source '{_name}': Key(…) names no column; give the columns of the table's clustering key.");
        if (_measures.Count == 0)
            faults.Add($"Source '{_name}': nothing is counted; add Counts(meter) or Sums(meter, column).");
        foreach (var meter in _measures.GroupBy(m => m.Meter, StringComparer.Ordinal).Where(g => g.Count() > 1))
            faults.Add(FormattableString.Invariant($"Source '{_name}': meter '{meter.Key}' is counted {meter.Count()} times; count it once."));
        foreach (var measure in _measures.Where(m =>
            m.Meter is not { Length: > 0 } || CodePoints.Count(m.Meter) > UsageEvent.TextLengthMax))
            faults.Add(FormattableString.Invariant($"Source '{_name}': meter '{measure.Meter}' has to have 1 to {UsageEvent.TextLengthMax} characters."));
        if (faults.Count > before)
            return null;

        return new UsageTable
        {
            Name = _name,
            Table = _table!,
            KeyColumns = [.. _key],
            OccurredAtColumn = _occurredAt!,
            OccurredAtFormat = _format,
            ItemColumn = _item!,
            PayeeColumn = _payee!,
            Filter = _filter,
            CountedThrough = _countedThrough,
            Measures = [.. _measures.Select(m => m with { CountedFrom = m.CountedFrom ?? _countedFrom })],
        };

        void Need(string? value, string fault)
        {
            if (string.IsNullOrWhiteSpace(value))
                faults.Add($"Source '{_name}': {fault}.");
        }
    }
}

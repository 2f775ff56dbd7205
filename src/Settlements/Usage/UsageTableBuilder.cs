namespace Settlements;

/// <summary>Configures a table of the application as a usage source.</summary>
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

    /// <summary>Sets the table.</summary>
    /// <param name="name">The name of the table, without quotes.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Table(string name)
    {
        _table = name;
        return this;
    }

    /// <summary>
    /// Sets the clustering key, by which a day is divided into chunks. Its columns are unique in combination, not null, and the first
    /// columns of an index.
    /// </summary>
    /// <param name="columns">The columns, in the order of the key.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Key(params string[] columns)
    {
        _key = columns;
        return this;
    }

    /// <summary>Sets the column of the instant.</summary>
    /// <param name="column">The column; UTC, not null.</param>
    /// <param name="format">The format of the column.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder OccurredAt(string column, InstantFormat format = InstantFormat.Text)
    {
        _occurredAt = column;
        _format = format;
        return this;
    }

    /// <summary>Sets the column of the item id.</summary>
    /// <param name="column">
    /// The column, not null: text, or integers, which are converted to their digits; on MySQL also BINARY(16), which is converted to the
    /// lower-case text of a UUID.
    /// </param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Item(string column)
    {
        _item = column;
        return this;
    }

    /// <summary>Sets the column of the payee id.</summary>
    /// <param name="column">
    /// The column, not null: text, or integers, which are converted to their digits; on MySQL also BINARY(16), which is converted to the
    /// lower-case text of a UUID.
    /// </param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Payee(string column)
    {
        _payee = column;
        return this;
    }

    /// <summary>Restricts the source to rows that meet a condition.</summary>
    /// <param name="condition">
    /// An SQL condition in the dialect of the store. It must come from the program and never from user input. It is inserted in
    /// parentheses. Placeholders, comments, semicolons, unbalanced parentheses or quotes, and on MySQL double quotes, are rejected at
    /// startup.
    /// </param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Where(string condition)
    {
        _filter = condition;
        return this;
    }

    /// <summary>
    /// Sets the first business day whose rows count. By default, rows count from the open day on which the source, or the meter, was
    /// first seen, and that day is recorded. Earlier rows are never paid unless reconciling includes them explicitly.
    /// </summary>
    /// <param name="day">The day, included.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder CountedFrom(DateOnly day)
    {
        _countedFrom = day;
        return this;
    }

    /// <summary>
    /// Sets the last business day whose rows count, to retire a source that published days have used. The source stays configured for
    /// corrections of these days.
    /// </summary>
    /// <param name="day">The day, included.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder CountedThrough(DateOnly day)
    {
        _countedThrough = day;
        return this;
    }

    /// <summary>Adds a measure that counts every row as 1.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="countedFrom">The first business day whose rows count for this meter; null for that of the source.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Counts(string meter, DateOnly? countedFrom = null)
    {
        _measures.Add(new UsageMeasure(meter, null, countedFrom));
        return this;
    }

    /// <summary>Adds a measure that sums an integer column. A row with 0 counts nothing.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="column">The column: integers, not null.</param>
    /// <param name="countedFrom">The first business day whose rows count for this meter; null for that of the source.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Sums(string meter, string column, DateOnly? countedFrom = null)
    {
        _measures.Add(new UsageMeasure(meter, column, countedFrom));
        return this;
    }

    /// <summary>Creates the table, or adds all validation errors to a list.</summary>
    internal UsageTable? Build(List<string> errors)
    {
        var before = errors.Count;
        Need(_table, "Table(…) is missing");
        Need(_occurredAt, "OccurredAt(…) is missing");
        Need(_item, "Item(…) is missing");
        Need(_payee, "Payee(…) is missing");
        if (_key.Length == 0 || _key.Any(string.IsNullOrWhiteSpace))
            errors.Add($"Source '{_name}': Key(…) is missing or has a blank column. Add the columns of the table's clustering key.");
        if (_measures.Count == 0)
            errors.Add($"Source '{_name}': no measure is configured. Add Counts(meter) or Sums(meter, column).");
        foreach (var meter in _measures.GroupBy(m => m.Meter, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            errors.Add(FormattableString.Invariant(
                $"Source '{_name}': meter '{meter.Key}' is counted {meter.Count()} times. Count it once."));
        }

        foreach (var measure in _measures.Where(m =>
            m.Meter is not { Length: > 0 } || CodePoints.Count(m.Meter) > UsageEvent.TextLengthMax))
        {
            errors.Add(FormattableString.Invariant(
                $"Source '{_name}': meter '{measure.Meter}' must have 1 to {UsageEvent.TextLengthMax} characters."));
        }

        if (errors.Count > before)
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

        void Need(string? value, string error)
        {
            if (string.IsNullOrWhiteSpace(value))
                errors.Add($"Source '{_name}': {error}.");
        }
    }
}

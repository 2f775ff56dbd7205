using System.Diagnostics.CodeAnalysis;
using Settlements.Stores;

namespace Settlements;

/// <summary>Configures a table of the application as a usage source.</summary>
public sealed class UsageTableBuilder
{
    private readonly string _name;
    private readonly List<UsageMeasure> _measures = [];
    private readonly List<(string Table, string Condition)> _joins = [];
    private PayeeHistory? _history;
    private IUsageTableReader? _reader;
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
    /// <param name="name">The name of the table or view, or <c>schema.table</c>, without quotes.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Table(string name)
    {
        _table = name;
        return this;
    }

    /// <summary>
    /// Sets the clustering key, by which a day is divided into chunks. Its columns are unique in combination, not null, and the first
    /// columns of an index. Without a key, a day is divided by ranges of instants, which need an index that starts with the instant where
    /// the engine doesn't sum by itself.
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

    /// <summary>
    /// Joins another table, whose columns then are <c>table.column</c>. A row of the source without a match keeps its place and has null in
    /// these columns; two matches are refused, since the row would count twice.
    /// </summary>
    /// <param name="table">The name of the table, or <c>schema.table</c>, without quotes.</param>
    /// <param name="condition">
    /// Equal columns, for example <c>videos.id = play_log.video_id</c>, several joined by AND. The columns of the joined table are unique
    /// in combination.
    /// </param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Join(string table, string condition)
    {
        _joins.Add((table, condition));
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

    /// <summary>
    /// Takes the payee from a table of the payees of items over time: the last one of the item that starts before the end of the usage
    /// date. An item without one is an invalid row. Replaces <see cref="Payee"/>.
    /// </summary>
    /// <param name="table">The name of the table, or <c>schema.table</c>, without quotes.</param>
    /// <param name="on">Its column of the item id, compared by bytes.</param>
    /// <param name="from">
    /// Its column from which the payee is valid: a date of the business calendar, or an instant in UTC. Unique for an item.
    /// </param>
    /// <param name="payee">Its column of the payee id.</param>
    /// <param name="fromFormat">The format of the column <paramref name="from"/>.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder PayeeAsOf(
        string table, string on, string from, string payee, InstantFormat fromFormat = InstantFormat.Text)
    {
        _history = new PayeeHistory(table, on, from, fromFormat, payee);
        return this;
    }

    /// <summary>Restricts the source to rows that meet a condition.</summary>
    /// <param name="condition">
    /// An SQL condition in the dialect of the engine that reads the table. It must come from the program and never from user input. It is
    /// inserted in parentheses. Placeholders, comments, semicolons, unbalanced parentheses or quotes, and on MySQL double quotes, are
    /// rejected at startup.
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
    /// <param name="meter">The meter; with <paramref name="by"/> the part of the meters before <c>:value</c>.</param>
    /// <param name="countedFrom">The first business day whose rows count for this meter; null for that of the source.</param>
    /// <param name="by">
    /// The column whose value selects the meter: <c>video.view:KR</c>. These meters have rates or are declared. The usage of a value that
    /// isn't is quarantined and named, until it is.
    /// </param>
    /// <param name="other">
    /// The value in the meter of the rows whose value is not declared, for example <c>other</c>; null to quarantine their usage.
    /// </param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Counts(string meter, DateOnly? countedFrom = null, string? by = null, string? other = null)
    {
        _measures.Add(new UsageMeasure(meter, null, countedFrom) { ByColumn = by, OtherValue = other });
        return this;
    }

    /// <summary>Adds a measure that sums an integer column. A row with 0 counts nothing.</summary>
    /// <param name="meter">The meter; with <paramref name="by"/> the part of the meters before <c>:value</c>.</param>
    /// <param name="column">The column: integers, not null.</param>
    /// <param name="countedFrom">The first business day whose rows count for this meter; null for that of the source.</param>
    /// <param name="per">
    /// The number of units of the column that are one unit of the meter, from 1 to 1,000,000,000: 1000 for milliseconds that are paid by
    /// the second. The exact sum of each line is divided by it and rounded down; rows are never rounded.
    /// </param>
    /// <param name="by">As for <see cref="Counts"/>.</param>
    /// <param name="other">As for <see cref="Counts"/>.</param>
    /// <returns>This builder.</returns>
    public UsageTableBuilder Sums(
        string meter, string column, DateOnly? countedFrom = null, long per = 1, string? by = null, string? other = null)
    {
        _measures.Add(new UsageMeasure(meter, column, countedFrom) { Per = per, ByColumn = by, OtherValue = other });
        return this;
    }

    /// <summary>Reads the table with another engine than the store's. Called by the extension methods of the packages of engines.</summary>
    /// <param name="reader">Creates the source.</param>
    /// <returns>This builder.</returns>
    [Experimental("SETTLE001")]
    public UsageTableBuilder ReadWith(IUsageTableReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        _reader = reader;
        return this;
    }

    /// <summary>Creates the table, or adds all validation errors to a list.</summary>
    internal UsageTable? Build(List<string> errors)
    {
        var found = new List<string>();
        Need(_table ?? (_reader is null ? null : "files"), "Table(…) is missing");
        Need(_occurredAt, "OccurredAt(…) is missing");
        Need(_item, "Item(…) is missing");
        Need(_payee ?? _history?.PayeeColumn, "Payee(…) or PayeeAsOf(…) is missing");
        if (_payee is not null && _history is not null)
            found.Add("both Payee(…) and PayeeAsOf(…) are configured. Use one");
        if (_key.Any(string.IsNullOrWhiteSpace))
            found.Add("Key(…) has a blank column. Add the columns of the table's clustering key, or omit Key(…)");
        if (_history is { } history && new[] { history.Table, history.ItemColumn, history.FromColumn }.Any(string.IsNullOrWhiteSpace))
            found.Add("PayeeAsOf(…) has a blank name. Set the table, and its columns of the item, the first instant and the payee");
        found.AddRange(MeasureErrors.Find(_measures));
        var joins = Joins(found);
        errors.AddRange(found.Select(error => $"Source '{_name}': {error}."));
        if (found.Count > 0)
            return null;

        var source = new UsageTable
        {
            Name = _name,
            Table = _table ?? "",
            Joins = joins,
            KeyColumns = [.. _key],
            OccurredAtColumn = _occurredAt!,
            OccurredAtFormat = _format,
            ItemColumn = _item!,
            PayeeColumn = _payee,
            PayeeHistory = _history,
            Filter = _filter,
            CountedThrough = _countedThrough,
            Measures = [.. _measures.Select(m => new UsageMeasure(m) { CountedFrom = m.CountedFrom ?? _countedFrom })],
            Reader = _reader,
        };
        var before = errors.Count;
        errors.AddRange(_reader?.Validate(source) ?? []);
        return errors.Count == before ? source : null;

        void Need(string? value, string error)
        {
            if (string.IsNullOrWhiteSpace(value))
                found.Add(error);
        }
    }

    private List<UsageJoin> Joins(List<string> errors)
    {
        var joins = new List<UsageJoin>();
        if (_joins.Count > 0 && string.IsNullOrWhiteSpace(_table))
        {
            if (_reader is not null)
                errors.Add("Join(…) needs Table(name), by which its condition refers to the rows of the source");
            return joins;
        }

        var names = new List<string> { UsageJoin.NameOf(_table ?? "") };
        foreach (var (table, condition) in _joins)
        {
            if (string.IsNullOrWhiteSpace(table) || names.Contains(UsageJoin.NameOf(table), StringComparer.OrdinalIgnoreCase))
            {
                errors.Add($"Join(\"{MessageText.Escape(table ?? "")}\", …) has a blank table, or one that the source reads already. "
                    + "Join each table once; join another copy as a view of another name");
                continue;
            }

            var (join, error) = UsageJoin.Parse(table, condition ?? "", names);
            names.Add(UsageJoin.NameOf(table));
            if (join is not null)
                joins.Add(join);
            else
                errors.Add($"Join(\"{MessageText.Escape(table)}\", …): {error!.TrimEnd('.')}");
        }

        return joins;
    }
}

namespace Settlements;

/// <summary>Reads the configuration of a usage source: a table of the application, or what an engine reads.</summary>
internal static class SourceReader
{
    public static void Read(FileValue value, FileContent content, IReadOnlyList<SourceEngine> engines)
    {
        using var source = value.Object("source");
        if (source is null)
            return;
        var steps = new List<Action<UsageTableBuilder>>();
        var isRead = true;
        var name = source.Require("name", "\"orders\"")?.Text();
        isRead &= ReadEngine(source, engines, steps);
        if (source.Has("table") || !source.Has("files"))
            Text("table", "\"orders\"", (builder, table) => builder.Table(table));
        Text("item", "\"video_id\"", (builder, column) => builder.Item(column));
        foreach (var join in source.Find("joins")?.Items() ?? [])
            isRead &= ReadJoin(join, steps);
        var history = source.Find("payeeAsOf");
        if (history is not null)
            isRead &= ReadHistory(history.Value, steps);
        if (history is null || source.Find("payee") is not null)
            Text("payee", "\"owner_id\"", (builder, column) => builder.Payee(column));
        var columns = source.Find("key");
        var key = (columns?.Items() ?? []).Select(column => column.Text()).ToArray();
        if (columns is { } empty && key.Length == 0)
            empty.Fail<string>("name the columns of the clustering key, or omit the key");
        Take(key.All(column => column is not null), builder => builder.Key(key!));
        ReadInstant();
        Optional("where", value => value.Text(), (builder, condition) => builder.Where(condition!));
        Optional("countedFrom", value => value.Date(), (builder, day) => builder.CountedFrom(day!.Value));
        Optional("countedThrough", value => value.Date(), (builder, day) => builder.CountedThrough(day!.Value));
        foreach (var measure in source.Require("counts", "[ { \"meter\": \"video.view\" } ]")?.Items() ?? [])
            isRead &= ReadMeasure(measure, steps);
        if (isRead && name is not null)
            content.Add(value.Path, builder => builder.Source(name, table => steps.ForEach(step => step(table))));

        void ReadInstant()
        {
            var format = Format(source.Find("occurredAtFormat"));
            isRead &= format is not null;
            Text("occurredAt", "\"created_at\"", (builder, column) => builder.OccurredAt(column, format!.Value));
        }

        void Text(string property, string example, Action<UsageTableBuilder, string> add)
        {
            var text = source.Require(property, example)?.Text();
            Take(text is not null, builder => add(builder, text!));
        }

        void Optional<T>(string property, Func<FileValue, T?> read, Action<UsageTableBuilder, T?> add)
        {
            if (source.Find(property) is not { } present)
                return;
            var parsed = read(present);
            Take(parsed is not null, builder => add(builder, parsed));
        }

        void Take(bool isUsable, Action<UsageTableBuilder> step)
        {
            isRead &= isUsable;
            steps.Add(step);
        }
    }

    private static bool ReadEngine(FileObject source, IReadOnlyList<SourceEngine> engines, List<Action<UsageTableBuilder>> steps)
    {
        var isRead = true;
        foreach (var (property, expression, package) in SourceEngine.Known)
        {
            if (source.Find(property) is not { } value)
                continue;
            if (engines.FirstOrDefault(engine => engine.Property == property) is not { } supported)
            {
                isRead = false;
                source.Fail($"'{property}' is not supported by this program. An application supports it with the package {package}: pass "
                    + $"{expression} to SettlementFile.Read or UseFile.");
            }
            else if (supported.Read(value) is { } step)
                steps.Add(step);
            else
                isRead = false;
        }

        var named = SourceEngine.Known.Where(engine => source.Has(engine.Property)).Select(engine => $"'{engine.Property}'").ToList();
        if (named.Count > 1)
            source.Fail($"has {string.Join(" and ", named)}. Use one: a source is read from one place.");
        return isRead && named.Count <= 1;
    }

    private static InstantFormat? Format(FileValue? value) => value is { } chosen
        ? chosen.Choice(
            ("text", InstantFormat.Text), ("unixSeconds", InstantFormat.UnixSeconds), ("unixMilliseconds", InstantFormat.UnixMilliseconds),
            ("unixMicroseconds", InstantFormat.UnixMicroseconds))
        : InstantFormat.Text;

    private static bool ReadJoin(FileValue value, List<Action<UsageTableBuilder>> steps)
    {
        using var join = value.Object("join");
        var table = join?.Require("table", "\"videos\"")?.Text();
        var condition = join?.Require("on", "\"videos.id = play_log.video_id\"")?.Text();
        if (table is null || condition is null)
            return false;
        steps.Add(builder => builder.Join(table, condition));
        return true;
    }

    private static bool ReadHistory(FileValue value, List<Action<UsageTableBuilder>> steps)
    {
        using var history = value.Object("payeeAsOf");
        var table = history?.Require("table", "\"video_owners\"")?.Text();
        var on = history?.Require("on", "\"video_id\"")?.Text();
        var from = history?.Require("from", "\"valid_from\"")?.Text();
        var payee = history?.Require("payee", "\"owner_id\"")?.Text();
        var format = history is null ? null : Format(history.Find("fromFormat"));
        if (table is null || on is null || from is null || payee is null || format is null)
            return false;
        steps.Add(builder => builder.PayeeAsOf(table, on, from, payee, format.Value));
        return true;
    }

    private static bool ReadMeasure(FileValue value, List<Action<UsageTableBuilder>> steps)
    {
        using var measure = value.Object("measure");
        if (measure is null)
            return false;
        var meter = measure.Require("meter", "\"video.view\"")?.Text();
        var (column, from, per) = (measure.Find("column"), measure.Find("countedFrom"), measure.Find("per"));
        var (by, other) = (measure.Find("by"), measure.Find("other"));
        var (columnName, day, units, byColumn, otherValue) = (column?.Text(), from?.Date(), per?.Integer(), by?.Text(), other?.Text());
        if (meter is null || (column is not null && columnName is null) || (from is not null && day is null)
            || (per is not null && units is null) || (by is not null && byColumn is null) || (other is not null && otherValue is null))
        {
            return false;
        }

        steps.Add(builder => _ = columnName is null
            ? builder.Counts(meter, day, byColumn, otherValue)
            : builder.Sums(meter, columnName, day, units ?? 1, byColumn, otherValue));
        return true;
    }
}

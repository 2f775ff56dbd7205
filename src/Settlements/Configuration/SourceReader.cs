namespace Settlements;

/// <summary>Reads the configuration of a table of the application that is a usage source.</summary>
internal static class SourceReader
{
    public static void Read(FileValue value, FileContent content)
    {
        using var source = value.Object("source");
        if (source is null)
            return;
        var steps = new List<Action<UsageTableBuilder>>();
        var isRead = true;
        var name = source.Require("name", "\"orders\"")?.Text();
        Text("table", "\"orders\"", (builder, table) => builder.Table(table));
        Text("item", "\"video_id\"", (builder, column) => builder.Item(column));
        Text("payee", "\"owner_id\"", (builder, column) => builder.Payee(column));
        var key = (source.Require("key", "[ \"id\" ]")?.Items() ?? []).Select(column => column.Text()).ToArray();
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
            var format = source.Find("occurredAtFormat") is { } chosen
                ? chosen.Choice(
                    ("text", InstantFormat.Text), ("unixSeconds", InstantFormat.UnixSeconds),
                    ("unixMilliseconds", InstantFormat.UnixMilliseconds),
                    ("unixMicroseconds", InstantFormat.UnixMicroseconds))
                : InstantFormat.Text;
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

    private static bool ReadMeasure(FileValue value, List<Action<UsageTableBuilder>> steps)
    {
        using var measure = value.Object("measure");
        if (measure is null)
            return false;
        var meter = measure.Require("meter", "\"video.view\"")?.Text();
        var (column, from) = (measure.Find("column"), measure.Find("countedFrom"));
        var (columnName, day) = (column?.Text(), from?.Date());
        if (meter is null || (column is not null && columnName is null) || (from is not null && day is null))
            return false;
        steps.Add(builder => _ = columnName is null ? builder.Counts(meter, day) : builder.Sums(meter, columnName, day));
        return true;
    }
}

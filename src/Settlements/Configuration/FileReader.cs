namespace Settlements;

/// <summary>Reads the root object. Its format is published as <c>settlement.schema.json</c>; a test compares the two.</summary>
internal static class FileReader
{
    public static void Read(FileValue value, FileContent content, FileErrors errors, IReadOnlyList<SourceEngine> engines)
    {
        using var root = value.Object("settlement");
        if (root is null)
            return;

        // Editors use it to find the schema.
        _ = root.Find("$schema")?.Text();
        if (root.Find("store") is { } store && store.Choice(("sqlite", true), ("mysql", true)) is not null)
            content.Store = store.Text();
        content.Connection = root.Find("connection")?.AsSecret().Text();
        ReadCalendar(root, content);
        if (root.Find("startsOn") is { } startsOn && startsOn.Date() is { } day)
            content.Add(startsOn.Path, builder => builder.StartsOn(day));
        foreach (var meter in root.Find("meters")?.Items() ?? [])
        {
            if (meter.Text() is not { } name)
                continue;
            content.Meters.Add(name);
            content.Add(meter.Path, builder => builder.Meter(name));
        }

        foreach (var (meter, rates) in root.Find("rates")?.Members() ?? [])
            RatesReader.Read(meter, rates, content, errors);
        if (root.Find("ratesFromStore") is { } fromStore && fromStore.Boolean() == true)
            content.Add(fromStore.Path, builder => builder.RatesFromStore());
        foreach (var source in root.Find("sources")?.Items() ?? [])
            SourceReader.Read(source, content, engines);
        LimitsReader.Read(root, content);
    }

    private static void ReadCalendar(FileObject root, FileContent content)
    {
        using var calendar = root.Require("calendar", "{ \"timeZone\": \"Asia/Seoul\" }")?.Object("calendar");
        if (calendar is null)
            return;
        var weekStartsOn = calendar.Find("weekStartsOn")?.Choice(
            ("monday", DayOfWeek.Monday), ("tuesday", DayOfWeek.Tuesday), ("wednesday", DayOfWeek.Wednesday),
            ("thursday", DayOfWeek.Thursday),
            ("friday", DayOfWeek.Friday), ("saturday", DayOfWeek.Saturday), ("sunday", DayOfWeek.Sunday)) ?? DayOfWeek.Monday;
        if (calendar.Require("timeZone", "\"Asia/Seoul\"") is not { } timeZone || timeZone.Text() is not { } id)
            return;
        try
        {
            _ = new BusinessCalendar(id, weekStartsOn);
            content.Add(timeZone.Path, builder => builder.Calendar(id, weekStartsOn));
        }
        catch (ArgumentException)
        {
            timeZone.Fail<string>(
                "use an IANA time zone that is installed on this machine, such as \"Asia/Seoul\" or "
                + "\"Etc/UTC\"; on Linux, install the package tzdata");
        }
    }
}

namespace Settlements;

/// <summary>Reads the rates of a meter: versions, overrides of items and payees, and the rounding rule.</summary>
internal static class RatesReader
{
    public const string VersionsExample = "[ { \"version\": \"2024-01\", \"from\": \"2024-01-01\", … } ]";

    public static void Read(string meter, FileValue value, FileContent content, FileErrors errors)
    {
        content.Meters.Add(meter);
        var parts = new List<RatesPart>();
        var isRead = ReadMeter(value, parts);
        if (Check(meter, value.Path, parts, isRead, errors) && isRead)
            content.Add(value.Path, builder => builder.Rates(meter, rates => parts.ForEach(part => part.AddTo(rates))));
        else if (RateNames.ErrorOf(meter) is null)
            content.Add(value.Path, builder => builder.Meter(meter)); // so that a source that counts it is not reported as well
    }

    /// <summary>
    /// Validates each part separately, so that an error has the path of its version or override; if there are no errors, validates all
    /// parts together.
    /// </summary>
    private static bool Check(string meter, string path, List<RatesPart> parts, bool areComplete, FileErrors errors)
    {
        var reported = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in parts)
            Report(part.Path, part.AddAlone);
        if (areComplete && reported.Count == 0)
            Report(path, rates => parts.ForEach(part => part.AddTo(rates)));
        return reported.Count == 0;

        void Report(string at, Action<MeterRatesBuilder> configure)
        {
            _ = MeterRates.TryBuild(meter, configure, out _, out var errorsOfRates);
            foreach (var error in errorsOfRates.Where(reported.Add))
                errors.Add(at, error);
        }
    }

    private static bool ReadMeter(FileValue value, List<RatesPart> parts)
    {
        using var meter = value.Object("meterRates");
        if (meter is null)
            return false;
        var isRead = true;
        Rounding? rule = null;
        if (meter.Find("rounding") is { } rounding)
        {
            rule = rounding.Choice(("truncating", Rounding.Truncating), ("cumulative", Rounding.Cumulative));
            isRead = rule is not null;
        }

        var versions = meter.Find("versions");
        var overrides = meter.Find("overrides");
        if (versions is null && overrides is null)
            meter.Require("versions", VersionsExample);
        isRead &= versions is not null || overrides is not null;
        foreach (var item in versions?.Items() ?? [])
        {
            if (VersionReader.Read(item) is { } version)
                parts.Add(new(item.Path, rates => version.AddTo(rates), rates => version.Alone().AddTo(rates)));
            else
                isRead = false;
        }

        foreach (var item in overrides?.Items() ?? [])
            isRead &= ReadOverride(item, parts);
        if (rule is { } chosen && parts is [var first, ..])
            parts[0] = first with { AddTo = rates => first.AddTo(rates.Round(chosen)) };
        return isRead;
    }

    private static bool ReadOverride(FileValue value, List<RatesPart> parts)
    {
        using var entry = value.Object("rateOverride");
        if (entry is null)
            return false;
        var scope = ReadScope(entry);
        var versions = (entry.Require("versions", VersionsExample)?.Items() ?? []).Select(VersionReader.Read).ToList();
        if (scope is null || versions.Count == 0 || versions.Any(version => version is null))
            return false;
        parts.Add(new(value.Path, rates => Add(rates, version => version), rates => Add(rates, version => version.WithoutEnd())));
        return true;

        void Add(MeterRatesBuilder rates, Func<FileVersion, FileVersion> part) => _ = RateScope.PayeeOf(scope) is { } payee
            ? rates.ForPayee(payee, table => versions.ForEach(version => part(version!).AddTo(table)))
            : rates.ForItem(RateScope.ItemOf(scope)!, table => versions.ForEach(version => part(version!).AddTo(table)));
    }

    /// <summary>Reads the item or the payee of an override; null when there is an error.</summary>
    public static string? ReadScope(FileObject entry)
    {
        var (item, payee) = (entry.Find("item"), entry.Find("payee"));
        if (item is null == payee is null)
        {
            entry.Fail(item is null
                ? "has neither an item nor a payee. Add \"item\": \"ID\" or \"payee\": \"ID\"."
                : "has both an item and a payee. Remove one of them, and add a separate override for it.");
        }

        var id = (item ?? payee)?.Text();
        if (item is null == payee is null || id is null)
            return null;
        return item is null ? RateScope.OfPayee(id) : RateScope.OfItem(id);
    }

    /// <summary>A version or an override.</summary>
    /// <param name="Path">The JSON path.</param>
    /// <param name="AddTo">Adds the part to the rates.</param>
    /// <param name="AddAlone">Adds as much of the part as can be validated without the others.</param>
    private sealed record RatesPart(string Path, Action<MeterRatesBuilder> AddTo, Action<MeterRatesBuilder> AddAlone);
}

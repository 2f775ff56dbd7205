namespace Settlements;

/// <summary>A rate version of a file. Its limits are validated when it is added to a rate table.</summary>
internal sealed record FileVersion(
    string Version, DateOnly From, Currency Currency, RateMode Model, CounterPeriod Period,
    IReadOnlyList<(long? UpTo, decimal Price)> Tiers, decimal Price,
    long UnitsPerPackage, string? Supersedes, DateOnly? Until)
{
    /// <summary>Returns the version; null when there are errors, as sentences that name the meter and the version.</summary>
    public RateVersion? ToVersion(string meter, string scope, out IReadOnlyList<string> errors)
    {
        var alone = Alone();
        if (!MeterRates.TryBuild(meter, AddAlone, out var rates, out errors))
            return null;
        var version = rates.All().First();
        return new(scope, version.Version, version.FirstDay, version.Currency, version.Table, Supersedes, Until);

        void AddAlone(MeterRatesBuilder builder)
        {
            if (RateScope.PayeeOf(scope) is { } payee)
                builder.ForPayee(payee, alone.AddTo);
            else if (RateScope.ItemOf(scope) is { } item)
                builder.ForItem(item, alone.AddTo);
            else
                alone.AddTo(builder);
        }
    }

    /// <summary>Returns as much of the version as can be validated without the others of its meter.</summary>
    public FileVersion Alone() => WithoutEnd() with { Supersedes = null };

    /// <summary>Returns the version without its last day, after which another one is needed.</summary>
    public FileVersion WithoutEnd() => this with { Until = null };

    public void AddTo<TBuilder>(RateVersionsBuilder<TBuilder> rates)
        where TBuilder : RateVersionsBuilder<TBuilder>
    {
        _ = Model switch
        {
            RateMode.Graduated => rates.Graduated(Version, From, Currency, [.. Tiers], Period),
            RateMode.Volume => rates.Volume(Version, From, Currency, [.. Tiers], Period),
            RateMode.Flat => rates.Flat(Version, From, Currency, Price, Period),
            _ => rates.Package(Version, From, Currency, UnitsPerPackage, Price, Period),
        };
        if (Supersedes is not null)
            rates.Supersedes(Supersedes);
        if (Until is { } last)
            rates.Until(last);
    }
}

/// <summary>Reads rate versions.</summary>
internal static class VersionReader
{
    private static readonly (string Property, RateMode[] Models, string Example)[] PropertiesOfModels =
    [
        ("tiers", [RateMode.Graduated, RateMode.Volume], "[ { \"upTo\": 999, \"price\": 1 }, { \"price\": 1.1 } ]"),
        ("price", [RateMode.Flat, RateMode.Package], "1.1"),
        ("unitsPerPackage", [RateMode.Package], "1000"),
    ];

    /// <returns>The version; null when a part of it can't be read.</returns>
    public static FileVersion? Read(FileValue value)
    {
        using var version = value.Object("rateVersion");
        if (version is null)
            return null;
        var name = version.Require("version", "\"2024-01\"")?.Text();
        var from = version.Require("from", "\"2024-01-01\"")?.Date();
        var currency = ReadCurrency(version);
        var period = ReadPeriod(version);
        var model = version.Require("model", "\"graduated\"")?.Choice(
            ("graduated", RateMode.Graduated), ("volume", RateMode.Volume), ("flat", RateMode.Flat), ("package", RateMode.Package));
        var supersedes = version.Find("supersedes");
        var supersededName = supersedes?.Text();
        var until = version.Find("until");
        var lastDay = until?.Date();
        var isComplete = model is { } known && HasValidProperties(version, known);
        var tiers = version.Find("tiers")?.Items().Select(ReadTier).ToList();
        var price = version.Find("price")?.Number();
        var units = version.Find("unitsPerPackage")?.Integer();

        isComplete &= name is not null && from is not null && currency is not null && period is not null
            && (supersedes is null || supersededName is not null) && (until is null || lastDay is not null)
            && (tiers ?? []).All(tier => tier is not null) && (price is not null || !version.Has("price"))
            && (units is not null || !version.Has("unitsPerPackage"));
        return isComplete
            ? new(
                name!, from!.Value, currency!, model!.Value, period!.Value, [.. (tiers ?? []).Select(tier => tier!.Value)], price ?? 0,
                units ?? 0, supersededName, lastDay)
            : null;
    }

    private static bool HasValidProperties(FileObject version, RateMode model)
    {
        var isComplete = true;
        foreach (var (property, models, example) in PropertiesOfModels)
        {
            if (models.Contains(model))
            {
                isComplete &= version.Require(property, example) is not null;
            }
            else if (version.Has(property))
            {
                version.Fail(
                    $"'{property}' is not valid for the model {model.ToString().ToLowerInvariant()}. Remove it, or change the model.");
                isComplete = false;
            }
        }

        return isComplete;
    }

    private static (long? UpTo, decimal Price)? ReadTier(FileValue value)
    {
        using var tier = value.Object("rateTier");
        if (tier is null)
            return null;
        var upTo = tier.Find("upTo");
        var isOpen = upTo is null or { Kind: System.Text.Json.JsonValueKind.Null };
        var last = isOpen ? null : upTo!.Value.Integer();
        return tier.Require("price", "1.1")?.Number() is { } price && (isOpen || last is not null) ? (last, price) : null;
    }

    private static CounterPeriod? ReadPeriod(FileObject version) => version.Find("counterPeriod") is { } period
        ? period.Choice(
            ("lifetime", CounterPeriod.Lifetime), ("year", CounterPeriod.Year), ("month", CounterPeriod.Month),
            ("week", CounterPeriod.Week), ("day", CounterPeriod.Day))
        : CounterPeriod.Lifetime;

    /// <summary>Reads a currency: the code of a built-in one, or a code with its number of decimals.</summary>
    private static Currency? ReadCurrency(FileObject version)
    {
        if (version.Require("currency", "\"KRW\"") is not { } value)
            return null;
        try
        {
            if (value.Kind != System.Text.Json.JsonValueKind.Object)
                return value.Text() is { } code ? Currency.FromCode(code) : null;
            using var entry = value.Object("currency")!;
            var (name, digits) = (entry.Require("code", "\"SEK\"")?.Text(), entry.Require("minorUnitDigits", "2")?.Int32());
            if (name is not null && digits is not null && Currency.BuiltInDigits(name) is { } builtIn && builtIn != digits)
                return value.Fail<Currency>(FormattableString.Invariant($"{name} has {builtIn} decimals, not {digits}; use \"{name}\""));
            return name is null || digits is null ? null : new Currency(name, digits.Value);
        }
        catch (ArgumentOutOfRangeException)
        {
            return value.Fail<Currency>(FormattableString.Invariant($"use 0 to {Currency.MinorUnitDigitsMax} for minorUnitDigits"));
        }
        catch (ArgumentException)
        {
            return value.Fail<Currency>(
                "use the code of a built-in currency, or { \"code\": \"SEK\", \"minorUnitDigits\": 2 } with three capital letters");
        }
    }
}

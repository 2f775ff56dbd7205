using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The validated options as they were at startup. Stages read the plan instead of the options, so that a later change of the options
/// can't give one day two meanings. Immutable.
/// </summary>
internal sealed class SettlementPlan
{
    private SettlementPlan()
    {
    }

    public required BusinessCalendar Calendar { get; init; }

    public DateOnly? StartsOn { get; private init; }

    public TimeSpan AheadMax { get; private init; }

    public TimeSpan Grace { get; private init; }

    public int EmptyDaysAtStartMax { get; private init; }

    public int ChunkRowsMax { get; private init; }

    public int PartialsPerItemRange { get; private init; }

    public int RankingSize { get; private init; }

    public required PipelineLimits Pipeline { get; init; }

    public required CorrectionLimits Corrections { get; init; }

    public required EstimateLimits Estimates { get; init; }

    public required UsageWriterLimits Writer { get; init; }

    /// <summary>The tables of the application that are read as usage sources.</summary>
    public required IReadOnlyList<UsageTable> Sources { get; init; }

    /// <summary>The rates by meter; meters are compared and ordered by their bytes.</summary>
    public required IReadOnlyDictionary<string, MeterRates> Rates { get; init; }

    /// <summary>Whether the versions in the store are used.</summary>
    public bool RatesFromStore { get; private init; }

    /// <summary>The unpriced meters, ordered by their bytes.</summary>
    public required IReadOnlyList<string> UnpricedMeters { get; init; }

    /// <summary>Creates the plan from validated options.</summary>
    /// <param name="options">The options, for which <see cref="SettlementOptions.Validate"/> returns no errors.</param>
    public static SettlementPlan From(SettlementOptions options) => new()
    {
        Calendar = options.Calendar
            ?? throw new InvalidOperationException(
                "Calendar is missing. Call Calendar(\"Asia/Seoul\") with the zone of your business days."),
        StartsOn = options.StartsOn,
        AheadMax = options.AheadMax,
        Grace = options.Grace,
        EmptyDaysAtStartMax = options.EmptyDaysAtStartMax,
        ChunkRowsMax = options.ChunkRowsMax,
        PartialsPerItemRange = options.PartialsPerItemRange,
        RankingSize = options.RankingSize,
        Pipeline = options.Pipeline.ToLimits(),
        Corrections = options.Corrections.ToLimits(),
        Estimates = options.Estimates.ToLimits(),
        Writer = options.Writer.ToLimits(),
        Sources = [.. options.Sources.Select(s => s.WithDeclaredMeters(options.Rates.Keys.Concat(options.UnpricedMeters)))],
        Rates = options.Rates.OrderBy(r => r.Key, Utf8Order.Instance).ToDictionary(StringComparer.Ordinal).AsReadOnly(),
        RatesFromStore = options.RatesFromStore,
        UnpricedMeters = [.. options.UnpricedMeters.Order(Utf8Order.Instance)],
    };
}

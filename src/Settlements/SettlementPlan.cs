using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// What all stages work by: the options as they were at the start, after they were validated. A stage takes the plan and never the options,
/// so that a change of them can't give one day two meanings. Immutable.
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

    public required UsageWriterLimits Writer { get; init; }

    /// <summary>The application's own tables.</summary>
    public required IReadOnlyList<UsageTable> Sources { get; init; }

    /// <summary>The rates by meter, compared and ordered by bytes.</summary>
    public required IReadOnlyDictionary<string, MeterRates> Rates { get; init; }

    /// <summary>The meters without a price, ordered by bytes.</summary>
    public required IReadOnlyList<string> UnpricedMeters { get; init; }

    /// <summary>Reads the options.</summary>
    /// <param name="options">Validated: <see cref="SettlementOptions.Validate"/> has no errors.</param>
    public static SettlementPlan From(SettlementOptions options) => new()
    {
        Calendar = options.Calendar
            ?? throw new InvalidOperationException("No calendar is set. Call Calendar(\"Asia/Seoul\") with the zone of your business days."),
        StartsOn = options.StartsOn,
        AheadMax = options.AheadMax,
        Grace = options.Grace,
        EmptyDaysAtStartMax = options.EmptyDaysAtStartMax,
        ChunkRowsMax = options.ChunkRowsMax,
        PartialsPerItemRange = options.PartialsPerItemRange,
        RankingSize = options.RankingSize,
        Pipeline = options.Pipeline.ToLimits(),
        Corrections = options.Corrections.ToLimits(),
        Writer = options.Writer.ToLimits(),
        Sources = [.. options.Sources],
        Rates = options.Rates.OrderBy(r => r.Key, Utf8Order.Instance).ToDictionary(StringComparer.Ordinal).AsReadOnly(),
        UnpricedMeters = [.. options.UnpricedMeters.Order(Utf8Order.Instance)],
    };
}

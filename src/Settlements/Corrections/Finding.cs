namespace Settlements;

/// <summary>How the usage of a published day differs from what was counted of it.</summary>
public enum FindingKind
{
    /// <summary>More events than were counted; or as many, of more units.</summary>
    Increase,

    /// <summary>Fewer events than were counted; or as many, of fewer units.</summary>
    Decrease,

    /// <summary>Usage of an item that was counted for one payee and now names another.</summary>
    PayeeChange,
}

/// <summary>What became of a finding.</summary>
public enum FindingOutcome
{
    /// <summary>The difference is posted to the first open day.</summary>
    Posted,

    /// <summary>It is only reported, by policy or since this was a dry run; it is found again next time, until it is accepted.</summary>
    Reported,
}

/// <summary>One difference between a published day and its sources. Immutable.</summary>
/// <param name="UsageDate">The published day.</param>
/// <param name="Meter">The meter.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="Kind">What kind of difference it is.</param>
/// <param name="Quantity">The difference in units; negative for what decreased.</param>
/// <param name="Events">The difference in events.</param>
/// <param name="QuantityBefore">The units that are counted, with what was adjusted before.</param>
/// <param name="QuantityAfter">The units that the sources have now.</param>
/// <param name="EventsBefore">The events that are counted, with what was adjusted before.</param>
/// <param name="EventsAfter">The events that the sources have now.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="PostingDate">The day that counts the difference; null where it is only reported.</param>
public sealed record Finding(
    DateOnly UsageDate, string Meter, string ItemId, string PayeeId, FindingKind Kind, long Quantity, long Events, long QuantityBefore,
    long QuantityAfter, long EventsBefore, long EventsAfter, FindingOutcome Outcome, DateOnly? PostingDate);

/// <summary>What reconciling does with findings of a kind.</summary>
public enum FindingPolicy
{
    /// <summary>Report them only.</summary>
    Report,

    /// <summary>Post the difference to the first open day.</summary>
    Post,
}

/// <summary>How days are reconciled.</summary>
public sealed record ReconcileOptions
{
    /// <summary>Whether everything is only reported. Default false.</summary>
    public bool DryRun { get; init; }

    /// <summary>What to do with increases. Default <see cref="FindingPolicy.Post"/>.</summary>
    public FindingPolicy Increases { get; init; } = FindingPolicy.Post;

    /// <summary>What to do with decreases. Default <see cref="FindingPolicy.Report"/>.</summary>
    public FindingPolicy Decreases { get; init; } = FindingPolicy.Report;

    /// <summary>
    /// What to do with changes of a payee: when posted, the quantity is taken from the one and given to the other; when reported, the new payee is not
    /// paid either. Default <see cref="FindingPolicy.Report"/>.
    /// </summary>
    public FindingPolicy PayeeChanges { get; init; } = FindingPolicy.Report;

    /// <summary>Names of sources whose rows from before the day that they are counted from are found, too. Default none.</summary>
    public IReadOnlySet<string> Backfill { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    internal FindingPolicy Of(FindingKind kind) => DryRun ? FindingPolicy.Report : kind switch
    {
        FindingKind.Increase => Increases,
        FindingKind.Decrease => Decreases,
        _ => PayeeChanges,
    };
}

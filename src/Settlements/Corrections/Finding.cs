namespace Settlements;

/// <summary>The kinds of differences between the usage in the sources and the counted usage of a published day.</summary>
public enum FindingKind
{
    /// <summary>More events than counted; or the same number of events with more units.</summary>
    Increase,

    /// <summary>Fewer events than counted; or the same number of events with fewer units.</summary>
    Decrease,

    /// <summary>Usage of an item that was counted for one payee and now has another payee.</summary>
    PayeeChange,
}

/// <summary>The outcomes of a finding.</summary>
public enum FindingOutcome
{
    /// <summary>The difference is posted to the first open day.</summary>
    Posted,

    /// <summary>The difference is only reported, by policy or in a dry run. It is reported again each time, until it is accepted.</summary>
    Reported,
}

/// <summary>One difference between a published day and its sources. Immutable.</summary>
public sealed record Finding(
    DateOnly UsageDate, string Meter, string ItemId, string PayeeId, FindingKind Kind, long Quantity, long Events, long QuantityBefore,
    long QuantityAfter, long EventsBefore, long EventsAfter, FindingOutcome Outcome, DateOnly? PostingDate)
{
    /// <summary>The published day.</summary>
    public DateOnly UsageDate { get; internal init; } = UsageDate;

    /// <summary>The meter.</summary>
    public string Meter { get; internal init; } = Meter;

    /// <summary>The item.</summary>
    public string ItemId { get; internal init; } = ItemId;

    /// <summary>The payee.</summary>
    public string PayeeId { get; internal init; } = PayeeId;

    /// <summary>The kind of difference.</summary>
    public FindingKind Kind { get; internal init; } = Kind;

    /// <summary>The difference in units; negative for a decrease.</summary>
    public long Quantity { get; internal init; } = Quantity;

    /// <summary>The difference in events.</summary>
    public long Events { get; internal init; } = Events;

    /// <summary>The counted units, including earlier adjustments.</summary>
    public long QuantityBefore { get; internal init; } = QuantityBefore;

    /// <summary>The units that are in the sources now.</summary>
    public long QuantityAfter { get; internal init; } = QuantityAfter;

    /// <summary>The counted events, including earlier adjustments.</summary>
    public long EventsBefore { get; internal init; } = EventsBefore;

    /// <summary>The events that are in the sources now.</summary>
    public long EventsAfter { get; internal init; } = EventsAfter;

    /// <summary>Whether the difference is posted.</summary>
    public FindingOutcome Outcome { get; internal init; } = Outcome;

    /// <summary>The day whose close counts the difference; null when it is only reported.</summary>
    public DateOnly? PostingDate { get; internal init; } = PostingDate;
}

/// <summary>How findings of a kind are handled.</summary>
public enum FindingPolicy
{
    /// <summary>Only report them.</summary>
    Report,

    /// <summary>Post the difference to the first open day.</summary>
    Post,
}

/// <summary>Options of a reconciliation.</summary>
public sealed class ReconcileOptions
{
    /// <summary>Whether all findings are only reported, and nothing is written. Default false.</summary>
    public bool DryRun { get; set; }

    /// <summary>The policy for increases. Default <see cref="FindingPolicy.Post"/>.</summary>
    public FindingPolicy Increases { get; set; } = FindingPolicy.Post;

    /// <summary>The policy for decreases. Default <see cref="FindingPolicy.Report"/>.</summary>
    public FindingPolicy Decreases { get; set; } = FindingPolicy.Report;

    /// <summary>
    /// The policy for changes of the payee. When posted, the quantity is moved from the old payee to the new one; when reported, the old
    /// payee keeps it and the new payee is not paid. Default <see cref="FindingPolicy.Report"/>.
    /// </summary>
    public FindingPolicy PayeeChanges { get; set; } = FindingPolicy.Report;

    /// <summary>The names of sources whose rows from before their CountedFrom are compared too. Default none.</summary>
    public IReadOnlySet<string> Backfill { get; set; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>
    /// Whether days are summed again whose sources state that their data is unchanged since the day was last reconciled without a
    /// difference. Default false. Set it on a schedule, for example monthly, to find what a source can't tell.
    /// </summary>
    public bool Full { get; set; }

    internal FindingPolicy PolicyFor(FindingKind kind) => DryRun ? FindingPolicy.Report : kind switch
    {
        FindingKind.Increase => Increases,
        FindingKind.Decrease => Decreases,
        _ => PayeeChanges,
    };
}

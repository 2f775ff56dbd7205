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
/// <param name="UsageDate">The published day.</param>
/// <param name="Meter">The meter.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="Kind">The kind of difference.</param>
/// <param name="Quantity">The difference in units; negative for a decrease.</param>
/// <param name="Events">The difference in events.</param>
/// <param name="QuantityBefore">The counted units, including earlier adjustments.</param>
/// <param name="QuantityAfter">The units that are in the sources now.</param>
/// <param name="EventsBefore">The counted events, including earlier adjustments.</param>
/// <param name="EventsAfter">The events that are in the sources now.</param>
/// <param name="Outcome">Whether the difference is posted.</param>
/// <param name="PostingDate">The day whose close counts the difference; null when it is only reported.</param>
public sealed record Finding(
    DateOnly UsageDate, string Meter, string ItemId, string PayeeId, FindingKind Kind, long Quantity, long Events, long QuantityBefore,
    long QuantityAfter, long EventsBefore, long EventsAfter, FindingOutcome Outcome, DateOnly? PostingDate);

/// <summary>How findings of a kind are handled.</summary>
public enum FindingPolicy
{
    /// <summary>Only report them.</summary>
    Report,

    /// <summary>Post the difference to the first open day.</summary>
    Post,
}

/// <summary>Options of a reconciliation.</summary>
public sealed record ReconcileOptions
{
    /// <summary>Whether all findings are only reported, and nothing is written. Default false.</summary>
    public bool DryRun { get; init; }

    /// <summary>The policy for increases. Default <see cref="FindingPolicy.Post"/>.</summary>
    public FindingPolicy Increases { get; init; } = FindingPolicy.Post;

    /// <summary>The policy for decreases. Default <see cref="FindingPolicy.Report"/>.</summary>
    public FindingPolicy Decreases { get; init; } = FindingPolicy.Report;

    /// <summary>
    /// The policy for changes of the payee. When posted, the quantity is moved from the old payee to the new one; when reported, the old
    /// payee keeps it and the new payee is not paid. Default <see cref="FindingPolicy.Report"/>.
    /// </summary>
    public FindingPolicy PayeeChanges { get; init; } = FindingPolicy.Report;

    /// <summary>The names of sources whose rows from before their CountedFrom are compared too. Default none.</summary>
    public IReadOnlySet<string> Backfill { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>
    /// Whether days are summed again whose sources state that their data is unchanged since the day was last reconciled without a
    /// difference. Default false. Set it on a schedule, for example monthly, to find what a source can't tell.
    /// </summary>
    public bool Full { get; init; }

    internal FindingPolicy PolicyFor(FindingKind kind) => DryRun ? FindingPolicy.Report : kind switch
    {
        FindingKind.Increase => Increases,
        FindingKind.Decrease => Decreases,
        _ => PayeeChanges,
    };
}

namespace Settlements;

/// <summary>Where a rate version is kept.</summary>
public enum RateOrigin
{
    /// <summary>In the configuration: code or a settlement file.</summary>
    Code,

    /// <summary>In the store, proposed and approved by <see cref="RateCatalog"/>.</summary>
    Store,

    /// <summary>In the application's <see cref="IRateSource"/>.</summary>
    Source,
}

/// <summary>The states of a rate version.</summary>
public enum RateState
{
    /// <summary>Proposed, and not approved yet: it prices nothing.</summary>
    Proposed,

    /// <summary>Approved, or configured: it prices usage from its first day on. No close has used it yet.</summary>
    Approved,

    /// <summary>Recorded by a close that has begun and is not published. All instances need it.</summary>
    Recorded,

    /// <summary>In force on a published day: it is immutable, except that it can be ended on an open day.</summary>
    Priced,
}

/// <summary>A rate version of the catalog. Immutable.</summary>
public sealed class ListedRate
{
    internal ListedRate(
        string meter, RateVersion version, Rounding rounding, RateOrigin origin, RateState state, Proposal? proposal, Proposal? end)
    {
        Meter = meter;
        Version = version;
        Rounding = rounding;
        Origin = origin;
        State = state;
        Proposal = proposal;
        End = end;
    }

    /// <summary>The meter.</summary>
    public string Meter { get; }

    /// <summary>The version: scope, name, first and last day, table and currency.</summary>
    public RateVersion Version { get; }

    /// <summary>The rounding of the meter's lines.</summary>
    public Rounding Rounding { get; }

    /// <summary>Where it is kept.</summary>
    public RateOrigin Origin { get; }

    /// <summary>Its state.</summary>
    public RateState State { get; }

    /// <summary>Who proposed it and who approved it, when and why; null unless <see cref="Origin"/> is the store.</summary>
    public Proposal? Proposal { get; }

    /// <summary>Who ended it by <see cref="RateCatalog.ProposeEndAsync"/>; null when nobody did.</summary>
    public Proposal? End { get; }
}

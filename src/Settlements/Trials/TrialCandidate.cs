namespace Settlements;

/// <summary>The rates of a trial, which replace those in force. Immutable and thread-safe.</summary>
/// <example>
/// <code>
/// var flat = TrialCandidate.OfVersion("video.view", scope: "payee:ann", RateTable.Flat(2m));
/// var other = TrialCandidate.Read("other-rates.json");
/// var proposed = TrialCandidate.OfProposal(proposalId: 17);
/// </code>
/// </example>
public sealed class TrialCandidate
{
    private readonly IReadOnlyList<MeterRates> _meters;
    private readonly TrialVersion? _version;

    private TrialCandidate(IReadOnlyList<MeterRates> meters, TrialVersion? version, long? proposalId = null) =>
        (_meters, _version, ProposalId) = (meters, version, proposalId);

    /// <summary>The proposal whose version is tried; null for another candidate.</summary>
    internal long? ProposalId { get; }

    /// <summary>
    /// Creates a candidate from complete rates of meters. Other meters keep the rates in force. Each version prices usage from its own
    /// first day on: one that starts after the days of the trial prices nothing, and the report does not pass.
    /// </summary>
    /// <param name="meters">The rates of one or more meters, each meter once, which replace all of its versions and its rounding.</param>
    /// <returns>The candidate.</returns>
    /// <exception cref="ArgumentException">No meter is given, or one is given twice.</exception>
    public static TrialCandidate Of(params IReadOnlyList<MeterRates> meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        if (meters.Count == 0)
            throw new ArgumentException("The candidate has no rates. Add those of at least one meter.", nameof(meters));
        if (meters.GroupBy(m => m.Meter, StringComparer.Ordinal).FirstOrDefault(m => m.Count() > 1) is { } twice)
            throw new ArgumentException($"The candidate has the rates of meter '{twice.Key}' twice. Keep one of them.", nameof(meters));
        return new TrialCandidate([.. meters], null);
    }

    /// <summary>
    /// Creates a candidate from the rates in force and one more version, which is taken to be in force on all days of the trial: a
    /// contract that starts next month can be tried on the last month.
    /// </summary>
    /// <param name="meter">The meter.</param>
    /// <param name="scope">The scope: empty for the meter, <c>item:ID</c> or <c>payee:ID</c> for an override.</param>
    /// <param name="table">The rate table.</param>
    /// <param name="currency">The currency of its prices; null for the currency of the meter's last version.</param>
    /// <returns>The candidate.</returns>
    /// <exception cref="ArgumentException">The meter or the scope is invalid.</exception>
    /// <remarks>
    /// The version replaces those of its scope from the first day of the trial on. Late usage of earlier dates keeps its version. As
    /// always, the override of an item takes precedence over that of a payee, and both over the meter's version.
    /// </remarks>
    public static TrialCandidate OfVersion(string meter, string scope, RateTable table, Currency? currency = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(meter);
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(table);
        var isOverride = scope.StartsWith("item:", StringComparison.Ordinal) || scope.StartsWith("payee:", StringComparison.Ordinal);
        if (scope.Length > 0 && (!isOverride || scope.EndsWith(':') && scope.IndexOf(':', StringComparison.Ordinal) == scope.Length - 1))
        {
            throw new ArgumentException(
                $"The scope is '{scope}'. Use an empty text for the meter, \"item:ID\" or \"payee:ID\".", nameof(scope));
        }

        return new TrialCandidate([], new TrialVersion(meter, scope, table, currency));
    }

    /// <summary>
    /// Creates a candidate from a version that <see cref="RateCatalog.ProposeAsync"/> proposed: its scope, table and currency are taken to
    /// be in force on all days of the trial, whatever its first and last day, as with <see cref="OfVersion"/>.
    /// </summary>
    /// <param name="proposalId">The number of the proposal, which is read when the trial starts.</param>
    /// <returns>The candidate.</returns>
    public static TrialCandidate OfProposal(long proposalId) => new([], null, proposalId);

    /// <summary>Returns the candidate of a stored version.</summary>
    internal static TrialCandidate Of(StoredRate rate) =>
        new([], new TrialVersion(rate.Meter, rate.Scope, rate.Version!.Table, rate.Version.Currency, rate.Rounding));

    /// <summary>
    /// Reads the rates of a settlement file, or of a file with only its part <c>rates</c>. As with
    /// <see cref="Of(IReadOnlyList{MeterRates})"/>, each version prices usage from its own first day on.
    /// </summary>
    /// <param name="path">The path of the file; a relative path is resolved against the current folder.</param>
    /// <returns>The candidate: the complete rates of the meters of the file.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="SettlementFileException">The file can't be read or is invalid. The exception lists all errors.</exception>
    public static TrialCandidate Read(string path) => Parse(SettlementFile.ReadText(path), path);

    /// <summary>Parses the rates of a settlement file, or its part <c>rates</c>.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">The name by which errors refer to the text.</param>
    /// <returns>The candidate: the complete rates of the meters of the text.</returns>
    /// <exception cref="SettlementFileException">The text is invalid. The exception lists all errors.</exception>
    public static TrialCandidate Parse(string json, string name)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new TrialCandidate(CandidateReader.Parse(json, name), null);
    }

    /// <summary>Returns the rates of the meters that the candidate names.</summary>
    /// <param name="inForce">The rates in force.</param>
    /// <param name="days">The days of the trial.</param>
    /// <exception cref="ArgumentException">The rates of the new version are invalid together with those in force.</exception>
    internal IReadOnlyList<MeterRates> Resolve(IReadOnlyDictionary<string, MeterRates> inForce, DateRange days) =>
        _version is null ? _meters : [_version.AddTo(inForce.GetValueOrDefault(_version.Meter), days)];

    /// <summary>Whether the candidate is one version, which is in force on all days of the trial.</summary>
    internal bool IsOneVersion => _version is not null;

    /// <summary>Returns the versions that the candidate adds or replaces, each with its meter.</summary>
    internal IEnumerable<(string Meter, RateVersion Version)> Versions(IReadOnlyList<MeterRates> resolved) => resolved.SelectMany(
        meter => meter.All().Where(v => _version is null || (v.Scope == _version.Scope && ReferenceEquals(v.Table, _version.Table)))
            .Select(version => (meter.Meter, version)));
}

/// <summary>A version that is added to the rates in force.</summary>
internal sealed class TrialVersion(string meter, string scope, RateTable table, Currency? currency, Rounding? rounding = null)
{
    private const string Name = "trial";

    public string Meter => meter;

    public string Scope => scope;

    public RateTable Table => table;

    /// <summary>Returns the rates of the meter with this version in force from the first day of the trial on.</summary>
    public MeterRates AddTo(MeterRates? rates, DateRange days)
    {
        var inForce = rates?.All().ToList() ?? [];
        var of = currency ?? inForce.Where(v => v.Scope.Length == 0).Concat(inForce).MaxBy(v => (v.Scope.Length == 0, v.FirstDay))?.Currency
            ?? throw new ArgumentException($"Meter '{meter}' has no rates, so the currency of the version is unknown. Add the currency.");

        // Versions that start within the days would take over from this one.
        var replaced = inForce.Where(v => v.Scope == scope && v.Supersedes is null && days.Contains(v.FirstDay))
            .Select(v => v.Version).ToHashSet(StringComparer.Ordinal);
        while (inForce.Any(IsReplaced))
            replaced.Add(inForce.First(IsReplaced).Version);
        var kept = inForce.Where(v => v.Scope != scope || !replaced.Contains(v.Version)).ToList();
        var name = Name;
        for (var number = 2; kept.Any(v => v.Scope == scope && v.Version == name); number++)
            name = FormattableString.Invariant($"{Name}-{number}");
        try
        {
            return MeterRates.Build(meter, builder =>
            {
                builder.Round(rates?.Rounding ?? rounding ?? Rounding.Truncating);
                foreach (var version in kept.Append(new RateVersion(scope, name, days.First, of, table)))
                    Add(builder, version);
            });
        }
        catch (RateTableException e)
        {
            throw new ArgumentException(e.Message, e);
        }

        bool IsReplaced(RateVersion version) => version.Scope == scope && version.Supersedes is { } other && replaced.Contains(other)
            && !replaced.Contains(version.Version);
    }

    private static void Add(MeterRatesBuilder rates, RateVersion version)
    {
        if (version.Scope.StartsWith("item:", StringComparison.Ordinal))
            rates.ForItem(version.Scope["item:".Length..], item => item.AddExisting(version));
        else if (version.Scope.StartsWith("payee:", StringComparison.Ordinal))
            rates.ForPayee(version.Scope["payee:".Length..], payee => payee.AddExisting(version));
        else
            rates.AddExisting(version);
    }
}

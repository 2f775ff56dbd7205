using Settlements.Stores;

namespace Settlements;

/// <summary>Combines the rates of code, of the application's source and of the store.</summary>
internal static class RateMerger
{
    /// <param name="plan">The plan, with the rates in code.</param>
    /// <param name="source">The rates of the application's source.</param>
    /// <param name="stored">The versions and ends of the store, oldest first.</param>
    public static MergedRates Merge(SettlementPlan plan, IReadOnlyList<MeterRates> source, IReadOnlyList<StoredRate> stored)
    {
        var errors = new List<string>();
        var origins = new Dictionary<(string, string, string), RateSourceOf>();
        var meters = plan.Rates.ToDictionary(StringComparer.Ordinal);
        var ofSource = source.ToLookup(rates => rates.Meter, StringComparer.Ordinal);
        var ofStore = stored.ToLookup(rate => rate.Meter, StringComparer.Ordinal);
        foreach (var meter in ofSource.Select(rates => rates.Key).Union(ofStore.Select(rates => rates.Key), StringComparer.Ordinal)
            .Order(Utf8Order.Instance))
        {
            if (!plan.Rates.ContainsKey(meter) && !plan.UnpricedMeters.Contains(meter, StringComparer.Ordinal))
            {
                errors.Add($"Meter '{meter}' has rates in {(ofSource.Contains(meter) ? "the rate source" : "the store")}, and is neither "
                    + $"priced nor declared in code, so that its events are rejected. Declare it with Meter(\"{meter}\").");
            }

            var merged = new MeterMerger(meter, origins, errors);
            if (plan.Rates.TryGetValue(meter, out var code))
                merged.Add(code, RateOrigin.Code);
            foreach (var rates in ofSource[meter])
                merged.Add(rates, RateOrigin.Source);
            foreach (var rate in ofStore[meter])
                merged.Add(rate);
            if (merged.Build() is { } result)
                meters[meter] = result;
        }

        var ordered = meters.OrderBy(m => m.Key, Utf8Order.Instance).ToDictionary(StringComparer.Ordinal).AsReadOnly();
        errors.AddRange(CurrencyDigits.Errors(ordered.Values));
        return new MergedRates(ordered, origins, errors, stored.Count > 0);
    }

    /// <summary>Combines the rates of one meter.</summary>
    private sealed class MeterMerger(
        string meter, Dictionary<(string, string, string), RateSourceOf> origins, List<string> errors)
    {
        private readonly Dictionary<(string Scope, string Version), RateVersion> _versions = [];
        private readonly List<(string Scope, string Version)> _order = [];
        private readonly int _errorsBefore = errors.Count;
        private Rounding? _rounding;
        private string? _roundingOf;

        public void Add(MeterRates rates, RateOrigin origin)
        {
            if (_rounding is { } other && other != rates.Rounding)
            {
                errors.Add($"Meter '{meter}' is rounded {RateJson.Name(rates.Rounding)} by the rate source, and {RateJson.Name(other)} in "
                    + $"code. Use Round(Rounding.{other}) in the source: a meter has one.");
            }

            _rounding ??= rates.Rounding;
            foreach (var version in rates.All())
                Add(version, new RateSourceOf(origin));
        }

        public void Add(StoredRate rate)
        {
            if (rate.Version is null)
            {
                End(rate);
                return;
            }

            var by = NameOf(rate.Proposal);
            if (rate.Rounding is { } rounding)
            {
                if (_rounding is { } other && other != rounding)
                {
                    errors.Add($"{RateTexts.Name(meter, rate.Scope, rate.Name)} ({by}) is rounded {RateJson.Name(rounding)}, and the other "
                        + $"versions of the meter {RateJson.Name(other)}{_roundingOf}. Propose it without a rounding: all versions of a "
                        + "meter have the same one.");
                }
                else if (_rounding is null)
                {
                    _roundingOf = $" ({by})";
                }
            }

            _rounding ??= rate.Rounding;
            Add(rate.Version, new RateSourceOf(RateOrigin.Store, rate.Proposal));
        }

        /// <summary>Returns the rates; null when there are errors, which are added.</summary>
        public MeterRates? Build()
        {
            if (errors.Count > _errorsBefore)
                return null;
            if (MeterRates.TryBuild(meter, Configure, out var rates, out var found))
                return rates;
            errors.AddRange(found);
            return null;

            void Configure(MeterRatesBuilder builder)
            {
                builder.Round(_rounding ?? Rounding.Truncating);
                foreach (var key in _order)
                    builder.AddVersion(_versions[key]);
            }
        }

        private void Add(RateVersion version, RateSourceOf origin)
        {
            var key = (version.Scope, version.Version);
            if (_versions.TryAdd(key, version))
            {
                _order.Add(key);
                if (origin.Origin != RateOrigin.Code)
                    origins.Add((meter, version.Scope, version.Version), origin);
                return;
            }

            var first = origins.GetValueOrDefault((meter, version.Scope, version.Version)) ?? RateSourceOf.Code;
            errors.Add($"{RateTexts.Name(meter, version.Scope, version.Version)} exists twice: in {Place(first)} [{_versions[key]}] and in "
                + $"{Place(origin)} [{version}]. Remove the one in code or in the source, or use another name.");
        }

        private void End(StoredRate end)
        {
            var key = (end.Scope, end.Name);
            if (!_versions.TryGetValue(key, out var version))
            {
                errors.Add($"{RateTexts.Name(meter, end.Scope, end.Name)} is ended by {Approval.Name(end.Proposal)} and does not exist. "
                    + "Restore the version.");
                return;
            }

            var origin = origins.GetValueOrDefault((meter, end.Scope, end.Name)) ?? RateSourceOf.Code;
            origins[(meter, end.Scope, end.Name)] = origin with
            {
                End = end.Proposal,
                EarlierForms = [.. origin.EarlierForms, version],
            };
            _versions[key] = version.EndingOn(end.LastDay!.Value);
        }

        private static string Place(RateSourceOf origin) => origin.Origin switch
        {
            RateOrigin.Code => "code",
            RateOrigin.Source => "the rate source",
            _ => $"the store ({NameOf(origin.Proposal!)})",
        };

        private static string NameOf(Proposal proposal) => proposal.ProposalId == 0 ? "new" : Approval.Name(proposal);
    }
}

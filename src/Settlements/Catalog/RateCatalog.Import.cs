namespace Settlements;

/// <content>Export and import.</content>
public sealed partial class RateCatalog
{
    /// <summary>
    /// Writes the versions of all origins as text, in a format that <see cref="ImportAsync"/> reads. Proposed versions are not included.
    /// </summary>
    /// <param name="format">The format. JSON can be used as the part <c>rates</c> of a settlement file.</param>
    /// <param name="meter">Only of this meter; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The text, with the meters, scopes and versions in a fixed order.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="format"/> is not defined.</exception>
    /// <exception cref="CorrectionRefusedException">
    /// The meter has no rates, or the versions of code, source and store contradict each other.
    /// </exception>
    public async Task<string> ExportAsync(RateFormat format, string? meter = null, CancellationToken cancellationToken = default)
    {
        RequireDefined(format);
        var merged = await _rates.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (merged.Errors.Count > 0)
            throw new CorrectionRefusedException(string.Join(' ', merged.Errors));
        if (meter is not null && !merged.Meters.ContainsKey(meter))
            throw new CorrectionRefusedException($"Meter '{meter}' has no rates. Call ListAsync for the meters.");
        var meters = merged.Meters.Values.Where(rates => meter is null || rates.Meter == meter);
        return format == RateFormat.Csv
            ? RateCsv.Write(meters) : RateJson.Write(json => RateJson.WriteMeters(json, meters), isIndented: true) + "\n";
    }

    /// <summary>
    /// Proposes each version of a text that does not exist yet. Versions that exist, or are proposed, with the same definition are skipped:
    /// an import that was interrupted is completed by repeating it.
    /// </summary>
    /// <param name="text">
    /// JSON: a settlement file, of which only the part <c>rates</c> is read, or that part. CSV: the columns of an export; all but
    /// <c>meter</c>, <c>version</c>, <c>from</c>, <c>model</c>, <c>currency</c> and <c>price</c> may be absent. A byte order mark at the
    /// beginning is ignored.
    /// </param>
    /// <param name="format">The format of the text.</param>
    /// <param name="name">The name by which errors refer to the text, such as the file's.</param>
    /// <param name="reason">The reason of each proposal, 1 to 256 characters.</param>
    /// <param name="by">The acting user.</param>
    /// <param name="cancellationToken">Cancels the call; versions that were proposed before remain proposed.</param>
    /// <returns>The proposals, for the approvals.</returns>
    /// <exception cref="SettlementFileException">
    /// The text is invalid; a version exists with another definition; or versions are refused for a reason of <see cref="ProposeAsync"/>.
    /// Nothing is proposed. The exception lists all errors, each with the JSON path or the row.
    /// </exception>
    /// <remarks>
    /// Imports of the same text at the same time, by several instances, can propose a version twice; withdraw one of the two.
    /// </remarks>
    /// <exception cref="CorrectionRefusedException">Rates of the store are not used.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="format"/> is not defined.</exception>
    /// <exception cref="ArgumentException">A text is empty, or the reason too long.</exception>
    public async Task<RateImportReport> ImportAsync(
        string text, RateFormat format, string name, string reason, string by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        RequireDefined(format);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Approval.RequireReason(reason, by);
        if (!_plan.RatesFromStore)
            throw new CorrectionRefusedException(NotUsed);
        var errors = new FileErrors(name);
        var read = format == RateFormat.Csv
            ? await new RateCsvReader(errors).ReadAsync(text, cancellationToken).ConfigureAwait(false)
            : RateJsonReader.Read(text, name, errors);
        if (read.Count == 0 && errors.All.Count == 0)
            throw format == RateFormat.Json
                ? RatesPart.NoRates(name) : new SettlementFileException([$"{name}: there are no rows of rates. Add one for each tier."]);

        var added = await FindAddedAsync(read, errors, cancellationToken).ConfigureAwait(false);
        if (errors.All.Count > 0)
            throw new SettlementFileException(errors.All);
        var proposals = new List<Proposal>(added.Count);
        foreach (var rate in ImportedRate.InOrderOfApproval(added))
        {
            var content = StoredRate.Content(new RateChange(rate.Meter, rate.Version, rate.Rounding));
            proposals.Add(await AddAsync(NewProposal(content, reason, by), cancellationToken).ConfigureAwait(false));
        }

        return new RateImportReport(proposals, read.Count - added.Count);
    }

    /// <summary>Returns the versions that do not exist yet; adds an error for each one that can't be proposed.</summary>
    private async Task<List<ImportedRate>> FindAddedAsync(
        List<ImportedRate> read, FileErrors errors, CancellationToken cancellationToken)
    {
        var source = await _rates.ReadSourceAsync(cancellationToken).ConfigureAwait(false);
        var settings = await _settings.RequireAsync(cancellationToken, fromSource: source).ConfigureAwait(false);
        var waiting = await _rates.ListAsync(null, ProposalState.Proposed, cancellationToken).ConfigureAwait(false);
        var proposed = waiting.Where(rate => rate.Version is not null).ToLookup(Key);
        var (places, added) = (new Dictionary<(string, string, string), string>(), new List<ImportedRate>());
        var roundings = new Dictionary<string, (Rounding Rounding, string Place)>(StringComparer.Ordinal);
        foreach (var rate in read)
        {
            if (!places.TryAdd(rate.Key, rate.Place))
                errors.Add(rate.Place, $"{rate.Name} is also in {places[rate.Key]}. Remove one of them.");
            else if (settings.MeterRates.GetValueOrDefault(rate.Meter)?.FindByName(
                rate.Version.Scope, rate.Version.Version) is { } existing)
                RequireSame(rate, existing, "exists", errors);
            else if (proposed[rate.Key].FirstOrDefault() is { } same)
                RequireSame(rate, same.Version!, $"is proposed by {Approval.Name(same.Proposal)}", errors);
            else
                added.Add(rate);
            CheckRounding(rate, settings, roundings, errors);
        }

        var stored = added.Select(rate => StoredRate.Parse(NewProposal(
            StoredRate.Content(new RateChange(rate.Meter, rate.Version, rate.Rounding)), "import", "import"))).ToList();
        for (var i = 0; i < stored.Count; i++)
        {
            foreach (var error in ErrorsOf(stored[i], settings, waiting: []))
                errors.Add(added[i].Place, error);
        }

        // Only complete versions can be checked together.
        if (errors.All.Count == 0 && added.Count > 0)
        {
            foreach (var error in await FindMergeErrorsAsync(
                stored, waiting, settings, source, transaction: null, cancellationToken).ConfigureAwait(false))
                errors.Add(PlaceOf(error, added), error);
        }

        return added;
    }

    private static void RequireSame(ImportedRate rate, RateVersion existing, string how, FileErrors errors)
    {
        if (Definition(rate.Version) != Definition(existing))
        {
            errors.Add(rate.Place, $"{rate.Name} {how} as [{existing}], and here it is [{rate.Version}]. Use another name, or "
                + "remove it here; a version is never replaced.");
        }

        static (string, int) Definition(RateVersion version) => (version.ToString(), version.Currency.MinorUnitDigits);
    }

    /// <summary>All versions of a meter are rounded by one rule.</summary>
    private static void CheckRounding(
        ImportedRate rate, Settings settings, Dictionary<string, (Rounding Rounding, string Place)> roundings, FileErrors errors)
    {
        if (rate.Rounding is not { } rounding)
            return;
        var isFirst = roundings.TryAdd(rate.Meter, (rounding, rate.Place));
        if (!isFirst && roundings[rate.Meter] is var (other, place) && other != rounding)
        {
            errors.Add(rate.Place, $"{rate.Name} is rounded {RateJson.Name(rounding)}, and {RateJson.Name(other)} in {place}. Use one "
                + "rounding: a meter has one.");
        }
        else if (isFirst && settings.MeterRates.GetValueOrDefault(rate.Meter) is { } rates && rates.Rounding != rounding)
        {
            errors.Add(rate.Place, $"{rate.Name} is rounded {RateJson.Name(rounding)}, and the existing versions of the meter "
                + $"{RateJson.Name(rates.Rounding)}. Remove the rounding, or use that one: a meter has one.");
        }
    }

    /// <summary>
    /// Returns the place of the first new version that an error of a scope names; else that of the first one of the meter.
    /// </summary>
    private static string PlaceOf(string error, List<ImportedRate> added)
    {
        var ofMeter = added.Where(rate => error.Contains($"'{rate.Meter}'", StringComparison.Ordinal)).ToList();
        var named = ofMeter.FirstOrDefault(rate =>
            (RateScope.PayeeOf(rate.Version.Scope) ?? RateScope.ItemOf(rate.Version.Scope)) is var owner
            && (owner is null || error.Contains($" '{owner}'", StringComparison.Ordinal))
            && error.Contains($" {rate.Version.Version} ", StringComparison.Ordinal));
        return (named ?? ofMeter.FirstOrDefault() ?? added[0]).Place;
    }

    private static void RequireDefined(RateFormat format)
    {
        if (!Enum.IsDefined(format))
            throw new ArgumentOutOfRangeException(nameof(format), format, "Use Json or Csv.");
    }
}

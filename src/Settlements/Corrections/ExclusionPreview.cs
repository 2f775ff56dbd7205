using Settlements.Stores;

namespace Settlements;

/// <summary>Computes the usage that an exclusion or a reinstatement posts, and checks that it is still the approved usage.</summary>
internal sealed class ExclusionPreview(ExclusionMatcher matcher, IExclusionStore exclusions, CorrectionPreview prices)
{
    /// <summary>Creates the preview of a proposal.</summary>
    /// <returns>The preview, and the hash of the usage to post for each usage date.</returns>
    /// <exception cref="CorrectionRefusedException">Matched usage is excluded already, or the quantity exceeds the counted one.</exception>
    public async Task<(Exclusion Exclusion, IReadOnlyDictionary<DateOnly, string> Hashes)> CreateAsync(
        Settings settings, Proposal proposal, ExclusionContent content, IReadOnlyList<DateOnly> days, CancellationToken cancellationToken)
    {
        using var hash = new PreviewHash();
        hash.Add($"{proposal.Kind} {(content with { Hashes = null }).ToJson()}");
        var hashes = new Dictionary<DateOnly, string>();
        var sums = new Dictionary<(DateOnly Day, string Meter, string ItemId, string PayeeId), (Int128 Quantity, long Events)>();
        foreach (var day in days)
        {
            var found = await FindAsync(settings, proposal, content, day, cancellationToken).ConfigureAwait(false);
            hashes[day] = HashOf(found);
            hash.Add($"{day:O} {hashes[day]}");
            foreach (var one in found.Events)
                Add(one.Meter, one.ItemId, one.PayeeId, one.Quantity, 1);
            foreach (var one in found.Sums)
                Add(one.Meter, one.ItemId, one.PayeeId, one.Quantity, one.Events);

            void Add(string meter, string itemId, string payeeId, long quantity, long events)
            {
                var (before, count) = sums.GetValueOrDefault((day, meter, itemId, payeeId));
                sums[(day, meter, itemId, payeeId)] = (before + quantity, count + events);
            }
        }

        var sign = proposal.Kind == ProposalKind.Reinstatement ? 1 : -1;
        var usage = sums
            .Select(s => new UsageSum(s.Key.Meter, s.Key.ItemId, s.Key.PayeeId, s.Key.Day, sign * s.Value.Quantity, s.Value.Events))
            .OrderBy(u => u.UsageDate).ThenBy(u => u.Meter, Utf8Order.Instance).ThenBy(u => u.ItemId, Utf8Order.Instance)
            .ThenBy(u => u.PayeeId, Utf8Order.Instance).ToList();
        var amounts = await prices.PriceAsync(settings, usage, [], cancellationToken).ConfigureAwait(false);
        List<ExcludedUsage> first = [.. usage.Take(Exclusion.PartsMax).Select(u => new ExcludedUsage(
            u.UsageDate, u.Meter, u.ItemId, u.PayeeId, (long)Int128.Clamp(u.Quantity, long.MinValue, long.MaxValue), u.Events))];
        var preview = new Exclusion(
            proposal.ProposalId, proposal.Kind, proposal.State, hash.End(), proposal.Reason, proposal.ProposedBy, first, usage.Count,
            amounts);
        return (preview, hashes);
    }

    /// <summary>Returns the usage of a date that an approved proposal posts.</summary>
    /// <exception cref="CorrectionRefusedException">Usage of that date was added, changed or deleted since the approval.</exception>
    public async Task<MatchedUsage> RequireApprovedAsync(
        Settings settings, Proposal proposal, ExclusionContent content, DateOnly day, CancellationToken cancellationToken)
    {
        var found = await FindAsync(settings, proposal, content, day, cancellationToken).ConfigureAwait(false);
        if (content.Hashes?.GetValueOrDefault(day) == HashOf(found))
            return found;
        throw new CorrectionRefusedException(FormattableString.Invariant(
            $"The usage that {Approval.Name(proposal)} matches on {day:O} has changed since it was approved: that date and later dates ")
            + FormattableString.Invariant($"are not posted. Call WithdrawAsync({proposal.ProposalId}), propose the remaining dates again, ")
            + "and review the new preview.");
    }

    private async Task<MatchedUsage> FindAsync(
        Settings settings, Proposal proposal, ExclusionContent content, DateOnly day, CancellationToken cancellationToken)
    {
        if (content.Filter is { } filter)
        {
            return await matcher.FindAsync(
                settings, filter.ToFilter(), proposal.ProposalId == 0 ? null : proposal.ProposalId, day, cancellationToken)
                    .ConfigureAwait(false);
        }

        // A reinstatement reverses exactly the usage that its exclusion posted.
        var events = new List<MatchedEvent>();
        await foreach (var (_, one) in exclusions.ListEventsAsync(content.Of!.Value, cancellationToken).ConfigureAwait(false))
        {
            if (settings.Calendar.DayOf(one.OccurredAt) == day)
                events.Add(one);
        }

        var entries = await exclusions.ListEntriesAsync(content.Of.Value, cancellationToken).ConfigureAwait(false);
        return new MatchedUsage(day, events, [.. entries.Where(e => e.UsageDate == day)]);
    }

    private static string HashOf(MatchedUsage found)
    {
        using var hash = new PreviewHash();
        foreach (var one in found.Events)
            hash.Add($"{one.EventId} {one.OccurredAt:O} {one.Meter} {one.ItemId} {one.PayeeId} {one.Quantity}");
        foreach (var one in found.Sums)
            hash.Add($"{one.UsageDate:O} {one.Meter} {one.ItemId} {one.PayeeId} {one.Quantity} {one.Events}");
        return hash.End();
    }
}

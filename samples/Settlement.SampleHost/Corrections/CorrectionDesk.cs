using System.Text.Json;
using Settlement.SampleHost.Content;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Output;
using Settlement.SampleHost.Reports;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Corrections;

/// <summary>A correction and its preview; null if the process ended before the preview was stored.</summary>
internal sealed record Correction(Proposal Proposal, CorrectionSeen? Seen);

/// <summary>
/// Exclusions of usage and restatements of published lines: one admin proposes them and sees a preview, another admin approves it.
/// Published lines never change: the differences are posted to the first open day. Thread-safe.
/// </summary>
internal sealed class CorrectionDesk(SettlementEngine engine, CorrectionTable table, VideoTable videos)
{
    public const int ReasonLengthMax = 256;

    /// <summary>The number of closed days that are compared with the sources.</summary>
    public const int ComparedDays = 7;

    /// <summary>The number of listed corrections of each kind.</summary>
    private const int ListMax = 50;

    /// <summary>The number of parts that a preview displays.</summary>
    private const int PartsMax = 50;

    /// <summary>Returns the latest corrections, newest first.</summary>
    public async Task<IReadOnlyList<Correction>> ListAsync(CancellationToken cancellationToken)
    {
        List<Proposal> proposals = [.. await engine.Exclusions.ListAsync(null, ListMax, cancellationToken),
            .. await engine.Restatements.ListAsync(null, ListMax, cancellationToken)];
        return await WithSeenAsync([.. proposals.OrderByDescending(p => p.ProposalId)], cancellationToken);
    }

    public async Task<Correction> FindAsync(long proposalId, CancellationToken cancellationToken)
    {
        var found = await engine.FindProposalAsync(proposalId, cancellationToken);
        if (found is not { Kind: ProposalKind.Exclusion or ProposalKind.Reinstatement or ProposalKind.Restatement })
            throw PlatformException.NotFound("correction", Text.Number(proposalId));
        return (await WithSeenAsync([found], cancellationToken))[0];
    }

    /// <summary>Compares the last closed days with the usage that is recorded now. Changes nothing.</summary>
    /// <returns>The report; null if no day is closed.</returns>
    public async Task<ReconciliationReport?> CompareAsync(DateRange? closed, CancellationToken cancellationToken)
    {
        if (closed is not { } all)
            return null;
        var first = all.Last.AddDays(1 - ComparedDays);
        return await RefusableAsync(() => engine.Reconciler.ReconcileAsync(
            new DateRange(first < all.First ? all.First : first, all.Last), new ReconcileOptions { DryRun = true },
            null, cancellationToken));
    }

    /// <summary>Proposes to take out the usage of a video, of a payee, or of both, on some days.</summary>
    /// <returns>The number of the proposal.</returns>
    public async Task<long> ExcludeAsync(
        string? first, string? last, string? videoId, string? payeeId, string? reason, string by, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var days = ReadDays(first, last, errors);
        var why = ReadReason(reason, errors);
        var (video, payee) = (videoId?.Trim() ?? "", payeeId?.Trim() ?? "");
        if (video.Length == 0 && payee.Length == 0)
            errors.Add("video", "Give a video, a payee, or both: without them, all usage of the days would be taken out.");
        var items = video.Length == 0 ? [] : await ItemsAsync(video, days, errors, cancellationToken);
        errors.ThrowIfAny();
        var filter = new UsageFilter(days) { ItemIds = items, PayeeIds = payee.Length == 0 ? [] : [payee] };
        return await StoreAsync(
            await RefusableAsync(() => engine.Exclusions.ExcludeAsync(filter, why, by, cancellationToken)), days, cancellationToken);
    }

    /// <summary>Proposes to reverse an exclusion.</summary>
    /// <returns>The number of the proposal.</returns>
    public async Task<long> ReinstateAsync(Correction excluded, string? reason, string by, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var why = ReadReason(reason, errors);
        errors.ThrowIfAny();
        var proposed = await RefusableAsync(
            () => engine.Exclusions.ReinstateAsync(excluded.Proposal.ProposalId, why, by, cancellationToken));
        var days = excluded.Seen is { } seen ? new DateRange(seen.First, seen.Last) : DaysOf(proposed);
        return await StoreAsync(proposed, days, cancellationToken);
    }

    /// <summary>Proposes to correct published lines by the rates and the usage of today.</summary>
    /// <returns>The number of the proposal.</returns>
    public async Task<long> RestateAsync(string? first, string? last, string? reason, string by, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var days = ReadDays(first, last, errors);
        var why = ReadReason(reason, errors);
        errors.ThrowIfAny();
        var proposed = await RefusableAsync(() => engine.Restatements.RestateAsync(days, why, by, cancellationToken));
        if (proposed.RestatementId == 0)
        {
            throw PlatformException.Conflict(
                "Nothing differs", "The published lines of these days are as the rates and the usage of today would make them.");
        }

        // The parts of a preview are of the store's types.
#pragma warning disable SETTLE001
        var parts = proposed.Entries.Take(PartsMax).Select(e => new CorrectionPart(
            Text.Day(e.UsageDate), e.Meter, e.ItemId, e.PayeeId, e.Quantity, e.Price is { } p ? p.NewAmount - p.OldAmount : null));
#pragma warning restore SETTLE001
        await AddAsync(proposed.RestatementId, days, proposed.Amounts, proposed.EntriesCount, parts, cancellationToken);
        return proposed.RestatementId;
    }

    /// <summary>Approves a correction, by another admin than the one who proposed it, and posts it.</summary>
    public Task ApproveAsync(Correction correction, string? hash, string by, CancellationToken cancellationToken)
    {
        var proposal = correction.Proposal;
        if (proposal.State is not (ProposalState.Proposed or ProposalState.Approved))
            throw PlatformException.Conflict("The draft is decided", "It was approved or withdrawn in the meantime. Reload the page.");
        if (proposal.ProposedBy == by)
            throw PlatformException.Conflict(
                "Another admin has to approve it", "You proposed this correction. Ask another admin to approve it.");
        if (correction.Seen is null)
            throw PlatformException.Conflict(
                "There is no preview", "The preview was not stored. Withdraw the correction and propose it again.");
        return proposal.Kind == ProposalKind.Restatement
            ? RefusableAsync(() => engine.Restatements.ApproveAsync(proposal.ProposalId, hash ?? "", by, cancellationToken))
            : RefusableAsync(() => engine.Exclusions.ApproveAsync(proposal.ProposalId, hash ?? "", by, null, cancellationToken));
    }

    /// <summary>Withdraws a correction that is not approved, or stops the posting of an exclusion.</summary>
    public async Task WithdrawAsync(Proposal proposal, CancellationToken cancellationToken)
    {
        var isWithdrawn = await RefusableAsync(() => proposal.Kind == ProposalKind.Restatement
            ? engine.Restatements.WithdrawAsync(proposal.ProposalId, cancellationToken)
            : engine.Exclusions.WithdrawAsync(proposal.ProposalId, cancellationToken));
        if (!isWithdrawn)
            throw PlatformException.Conflict("The draft is decided", "It was approved or withdrawn in the meantime. Reload the page.");
    }

#pragma warning disable SETTLE001
    private async Task<long> StoreAsync(Exclusion proposed, DateRange days, CancellationToken cancellationToken)
    {
        var parts = proposed.Parts.Take(PartsMax).Select(p => new CorrectionPart(
            Text.Day(p.UsageDate), p.Meter, p.ItemId, p.PayeeId, p.Quantity, null));
        await AddAsync(proposed.ExclusionId, days, proposed.Amounts, proposed.PartsCount, parts, cancellationToken);
        return proposed.ExclusionId;
    }

    private static DateRange DaysOf(Exclusion proposed) => new(proposed.Parts.Min(p => p.UsageDate), proposed.Parts.Max(p => p.UsageDate));
#pragma warning restore SETTLE001

    private Task AddAsync(
        long proposalId, DateRange days, IReadOnlyList<Money> amounts, long partsCount, IEnumerable<CorrectionPart> parts,
        CancellationToken cancellationToken) => table.AddAsync(
        new CorrectionSeen
        {
            ProposalId = proposalId, FirstDay = Text.Day(days.First), LastDay = Text.Day(days.Last), PartsCount = partsCount,
            Amount = Text.PlainAmount(amounts.Sum(a => a.Amount)), Parts = JsonSerializer.Serialize(parts),
        },
        cancellationToken);

    private async Task<IReadOnlyList<Correction>> WithSeenAsync(IReadOnlyList<Proposal> proposals, CancellationToken cancellationToken)
    {
        var seen = (await table.ListAsync([.. proposals.Select(p => p.ProposalId)], cancellationToken)).ToDictionary(s => s.ProposalId);
        return [.. proposals.Select(p => new Correction(p, seen.GetValueOrDefault(p.ProposalId)))];
    }

    /// <summary>
    /// Returns the items of a video: itself and the placements that the published lines of some usage dates name. Its present placements
    /// may be others, since its owner can change its length.
    /// </summary>
    private async Task<IReadOnlyList<string>> ItemsAsync(
        string videoId, DateRange days, FieldErrors errors, CancellationToken cancellationToken)
    {
        var items = new HashSet<string>(StringComparer.Ordinal);
        if (days != default && await engine.Days.ListPublishedAsync(
            new DateRange(days.First, BusinessCalendar.LastDay), cancellationToken) is { Count: > 0 } published)
        {
            // Usage that arrived late was posted to a later day.
            var posted = new DateRange(published[0].Day, published[^1].Day);
            await foreach (var line in engine.Lines.ReadAsync(posted, new ItemFilter(), cancellationToken))
            {
                if (days.Contains(line.UsageDate) && PlacementRule.VideoOf(line.ItemId) == videoId)
                    items.Add(line.ItemId);
            }
        }

        if (items.Count == 0 && (await videos.ListByIdAsync([videoId], cancellationToken)).Count == 0)
            errors.Add("video", $"There is no video '{videoId}', or it was deleted.");
        items.Add(videoId);
        return [.. items.Order(StringComparer.Ordinal)];
    }

    private static DateRange ReadDays(string? first, string? last, FieldErrors errors)
    {
        var (from, to) = (ReadDay(first, "first"), ReadDay(last, "last"));
        if (from is null || to is null)
            return default;
        if (from <= to && to.Value.DayNumber - from.Value.DayNumber < Periods.RangeDaysMax)
            return new DateRange(from.Value, to.Value);
        errors.Add("last", $"The last day has to be from {Text.Day(from.Value)} to "
            + $"{Text.Day(from.Value.AddDays(Periods.RangeDaysMax - 1))}.");
        return default;

        DateOnly? ReadDay(string? text, string field)
        {
            try
            {
                return Periods.ReadDay(text, field);
            }
            catch (PlatformException e)
            {
                errors.Add(field, e.Detail);
                return null;
            }
        }
    }

    private static string ReadReason(string? reason, FieldErrors errors)
    {
        var why = reason?.Trim() ?? "";
        if (why.Length is 0 or > ReasonLengthMax || !VisibleText.IsVisible(why))
            errors.Add("reason", $"The reason has {why.Length} characters. Use 1 to {ReasonLengthMax} visible characters.");
        return why;
    }

    private static async Task<T> RefusableAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception e) when (e is CorrectionRefusedException or CloseRefusedException)
        {
            throw PlatformException.Conflict("Refused", e.Message);
        }
    }
}

using Settlement.Sums;

namespace Settlement.Verification;

/// <summary>What reconciling came to.</summary>
/// <param name="Days">Published days that were looked through.</param>
/// <param name="EventsFound">Events that came into them since they were closed, and are counted now.</param>
/// <param name="AdjustmentsCount">The totals that they were found in.</param>
/// <param name="Adjustments">The first <see cref="VerificationReport.DifferencesMax"/> of these, with the day that counts each.</param>
/// <param name="ChangesCount">Totals whose events were changed or deleted: not counted, to be looked at.</param>
/// <param name="Changes">The first <see cref="VerificationReport.DifferencesMax"/> of these.</param>
public sealed record ReconciliationReport(
    int Days, long EventsFound, long AdjustmentsCount, IReadOnlyList<Adjustment> Adjustments, long ChangesCount, IReadOnlyList<Difference> Changes)
{
    internal sealed class Builder
    {
        private readonly List<Adjustment> _found = [];
        private readonly List<Difference> _changes = [];
        private long _events;
        private long _foundCount;
        private long _changesCount;

        public void Found(IEnumerable<Adjustment> adjustments)
        {
            foreach (var one in adjustments)
            {
                _events += one.Events;
                if (_foundCount++ < VerificationReport.DifferencesMax)
                    _found.Add(one);
            }
        }

        public void Changed(DateOnly day, string meter, string itemId, string payeeId, string known, string now)
        {
            if (_changesCount++ < VerificationReport.DifferencesMax)
                _changes.Add(new Difference(day, meter, itemId, payeeId, "own events", known, now));
        }

        public ReconciliationReport Build(int days) => new(days, _events, _foundCount, _found, _changesCount, _changes);
    }
}

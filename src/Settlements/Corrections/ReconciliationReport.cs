namespace Settlements;

/// <summary>The result of a reconciliation.</summary>
/// <param name="Days">The number of published days that were compared with their sources.</param>
/// <param name="EventsPosted">The net number of events in the posted differences.</param>
/// <param name="PostedCount">The number of findings that were posted.</param>
/// <param name="ReportedCount">The number of findings that were only reported.</param>
/// <param name="Findings">The first <see cref="FindingsMax"/> findings, ordered by usage date, meter, item and payee.</param>
/// <param name="EarlierRows">
/// The sources with rows from before the first published day, which no day counts, each with the earliest instant, UTC.
/// </param>
public sealed record ReconciliationReport(
    int Days, long EventsPosted, long PostedCount, long ReportedCount, IReadOnlyList<Finding> Findings,
    IReadOnlyList<(string Source, DateTimeOffset First)> EarlierRows)
{
    /// <summary>The maximum number of findings in a report: 1,000.</summary>
    public const int FindingsMax = 1_000;

    internal sealed class Builder
    {
        private readonly List<Finding> _findings = [];
        private long _events;
        private long _posted;
        private long _reported;

        public void Add(Finding finding)
        {
            if (finding.Outcome == FindingOutcome.Posted)
            {
                _events += finding.Events;
                _posted++;
            }
            else
            {
                _reported++;
            }

            if (_findings.Count < FindingsMax)
                _findings.Add(finding);
        }

        public ReconciliationReport Build(int days, IReadOnlyList<(string Source, DateTimeOffset First)> earlierRows) =>
            new(days, _events, _posted, _reported, _findings, earlierRows);
    }
}

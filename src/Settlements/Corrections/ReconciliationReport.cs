namespace Settlements;

/// <summary>The result of a reconciliation.</summary>
public sealed class ReconciliationReport
{
    /// <summary>The maximum number of findings in a report: 1,000.</summary>
    public const int FindingsMax = 1_000;

    internal ReconciliationReport(
        int days, long eventsPosted, long postedCount, long reportedCount,
        IReadOnlyList<Finding> findings, IReadOnlyList<(string Source, DateTimeOffset First)> earlierRows)
    {
        Days = days;
        EventsPosted = eventsPosted;
        PostedCount = postedCount;
        ReportedCount = reportedCount;
        Findings = findings;
        EarlierRows = earlierRows;
    }

    /// <summary>The number of published days that were compared with their sources.</summary>
    public int Days { get; }

    /// <summary>The net number of events in the posted differences.</summary>
    public long EventsPosted { get; }

    /// <summary>The number of findings that were posted.</summary>
    public long PostedCount { get; }

    /// <summary>The number of findings that were only reported.</summary>
    public long ReportedCount { get; }

    /// <summary>The first <see cref="FindingsMax"/> findings, ordered by usage date, meter, item and payee.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>
    /// The sources with rows from before the first published day, which no day counts, each with the earliest instant, UTC.
    /// </summary>
    public IReadOnlyList<(string Source, DateTimeOffset First)> EarlierRows { get; }

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

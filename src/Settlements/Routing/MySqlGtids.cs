using System.Globalization;

namespace Settlements.Routing;

/// <summary>
/// The GTID set of MySQL: intervals of transaction numbers by source, <c>uuid:1-5:7</c>, and since 8.3 by tags of a source,
/// <c>uuid:1-5:tag:1-3</c> (MySQL Reference Manual, "GTID Format and Storage"). Gaps are possible, so it is compared as a set.
/// </summary>
internal sealed class MySqlGtids : GtidSet
{
    private const int TagLengthMax = 32;

    // By "uuid" or "uuid:tag". Intervals are ordered, and neither adjacent nor overlapping.
    private readonly SortedDictionary<string, List<Interval>> _sources;
    private string? _text;

    private MySqlGtids(SortedDictionary<string, List<Interval>> sources) => _sources = sources;

    /// <summary>Parses a set; null for another format.</summary>
    public static MySqlGtids? Parse(string text)
    {
        var sources = new SortedDictionary<string, List<Interval>>(StringComparer.Ordinal);
        foreach (var source in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var parts = source.Split(':', StringSplitOptions.TrimEntries);
            if (parts.Length < 2 || !Guid.TryParseExact(parts[0], "D", out var uuid))
                return null;
            var key = uuid.ToString("D");
            var hasIntervals = false;
            foreach (var part in parts.AsSpan(1))
            {
                if (IsTag(part))
                {
                    if (key.Length > parts[0].Length && !hasIntervals)
                        return null;
                    key = $"{uuid:D}:{part.ToLowerInvariant()}";
                    hasIntervals = false;
                }
                else if (Interval.Parse(part) is { } interval)
                {
                    if (!sources.TryGetValue(key, out var intervals))
                        sources[key] = intervals = [];
                    intervals.Add(interval);
                    hasIntervals = true;
                }
                else
                {
                    return null;
                }
            }

            if (!hasIntervals)
                return null;
        }

        return new MySqlGtids(Merged(sources));
    }

    public override bool IsCoveredBy(GtidSet position)
    {
        if (position is not MySqlGtids other)
            return false;
        foreach (var (key, intervals) in _sources)
        {
            if (!other._sources.TryGetValue(key, out var theirs))
                return false;
            foreach (var interval in intervals)
            {
                // The intervals of the other set are not adjacent, so a single one must contain this interval.
                if (!theirs.Exists(i => i.First <= interval.First && interval.Last <= i.Last))
                    return false;
            }
        }

        return true;
    }

    public override GtidSet Union(GtidSet other)
    {
        var sources = new SortedDictionary<string, List<Interval>>(StringComparer.Ordinal);
        foreach (var (key, intervals) in _sources.Concat(((MySqlGtids)other)._sources))
        {
            if (!sources.TryGetValue(key, out var union))
                sources[key] = union = [];
            union.AddRange(intervals);
        }

        return new MySqlGtids(Merged(sources));
    }

    public override string ToString() => _text ??= string.Join(',', _sources.Select(s => $"{s.Key}:{string.Join(':', s.Value)}"));

    private static SortedDictionary<string, List<Interval>> Merged(SortedDictionary<string, List<Interval>> sources)
    {
        foreach (var (key, intervals) in sources.ToList())
        {
            var merged = new List<Interval>();
            foreach (var next in intervals.OrderBy(i => i.First))
            {
                if (merged.Count > 0 && next.First <= merged[^1].Last + 1)
                    merged[^1] = merged[^1] with { Last = Math.Max(merged[^1].Last, next.Last) };
                else
                    merged.Add(next);
            }

            sources[key] = merged;
        }

        return sources;
    }

    private static bool IsTag(string text) =>
        text.Length is > 0 and <= TagLengthMax && (char.IsAsciiLetter(text[0]) || text[0] == '_')
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <summary>An interval of transaction numbers, both ends included, from 1 to below 2^63 - 1.</summary>
    private readonly record struct Interval(long First, long Last)
    {
        public static Interval? Parse(string text)
        {
            var dash = text.IndexOf('-', StringComparison.Ordinal);
            var first = dash < 0 ? text : text[..dash];
            var last = dash < 0 ? text : text[(dash + 1)..];
            return long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
                && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var to)
                && from >= 1 && to >= from && to < long.MaxValue
                ? new Interval(from, to)
                : null;
        }

        public override string ToString() => First == Last
            ? First.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
    }
}

using System.Globalization;

namespace Settlements.Routing;

/// <summary>
/// The GTID position of MariaDB: the last transaction of each domain, <c>domain-server-sequence</c>. It includes all earlier transactions
/// of the domain (mariadb.com, "Global Transaction ID": within a domain the sequence number increases, whichever server writes).
/// </summary>
internal sealed class MariaDbGtids : GtidSet
{
    private const int Parts = 3;

    // Ordered by domain. Most positions have one domain.
    private readonly Gtid[] _gtids;
    private string? _text;

    private MariaDbGtids(Gtid[] gtids) => _gtids = gtids;

    /// <summary>Parses a position; null for another format.</summary>
    public static MariaDbGtids? Parse(string text)
    {
        var byDomain = new SortedDictionary<uint, Gtid>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (ParseOne(part) is not { } gtid)
                return null;
            if (!byDomain.TryGetValue(gtid.Domain, out var known) || known.Sequence < gtid.Sequence)
                byDomain[gtid.Domain] = gtid;
        }

        return new MariaDbGtids([.. byDomain.Values]);
    }

    public override bool IsCoveredBy(GtidSet position)
    {
        if (position is not MariaDbGtids other)
            return false;
        foreach (var gtid in _gtids)
        {
            if (other.SequenceOf(gtid.Domain) < gtid.Sequence)
                return false;
        }

        return true;
    }

    public override GtidSet Union(GtidSet other)
    {
        var theirs = (MariaDbGtids)other;
        return new MariaDbGtids([
            .. _gtids.Concat(theirs._gtids).GroupBy(g => g.Domain).Select(same => same.MaxBy(g => g.Sequence)).OrderBy(g => g.Domain)]);
    }

    public override string ToString() => _text ??= string.Join(',', _gtids.Select(g => string.Create(
        CultureInfo.InvariantCulture, $"{g.Domain}-{g.Server}-{g.Sequence}")));

    private static Gtid? ParseOne(string text)
    {
        var parts = text.Split('-');
        return parts.Length == Parts && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var domain)
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var server)
            && ulong.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? new Gtid(domain, server, sequence)
            : null;
    }

    private ulong SequenceOf(uint domain)
    {
        foreach (var gtid in _gtids)
        {
            if (gtid.Domain == domain)
                return gtid.Sequence;
        }

        return 0;
    }

    private readonly record struct Gtid(uint Domain, uint Server, ulong Sequence);
}

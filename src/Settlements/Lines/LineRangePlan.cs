namespace Settlements;

/// <summary>Divides items with their numbers of lines into ranges. Items are added in the byte order of meter and id.</summary>
internal sealed class LineRangePlan(int linesMax)
{
    private readonly List<string> _ranges = [];
    private string[]? _from;
    private long _lines;

    /// <summary>Adds the next item.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="itemId">The item.</param>
    /// <param name="lines">The number of its lines: 1 or more.</param>
    public void Add(string meter, string itemId, long lines)
    {
        if (_lines > 0 && _lines + lines > linesMax)
        {
            string[] end = [meter, itemId];
            _ranges.Add(new ItemRange(_from, end).ToString());
            (_from, _lines) = (end, 0);
        }

        _lines += lines;
    }

    /// <summary>Returns the ranges; empty when no item was added. The first has no lower bound, and the last no upper bound.</summary>
    public IReadOnlyList<string> End() => _lines == 0 ? [] : [.. _ranges, new ItemRange(_from, null).ToString()];
}

namespace Settlements;

/// <summary>
/// The reasons and references of a batch, by the index of their event. Few events have one: the others use no memory, and a batch without
/// any costs one comparison per event. Not thread-safe.
/// </summary>
internal sealed class EventNotes
{
    private readonly List<Note> _notes = [];
    private byte[] _text = [];
    private int _used;

    public int Count => _notes.Count;

    /// <summary>Adds the reason and the reference of an event. Indexes must ascend.</summary>
    public void Add(int index, ReadOnlySpan<byte> reason, ReadOnlySpan<byte> reference)
    {
        var end = checked(_used + reason.Length + reference.Length);
        if (end > _text.Length)
            Array.Resize(ref _text, Math.Max(end, (int)Math.Min(Array.MaxLength, _text.Length * 2L)));
        reason.CopyTo(_text.AsSpan(_used));
        reference.CopyTo(_text.AsSpan(_used + reason.Length));
        _notes.Add(new Note(index, _used, _used + reason.Length, end));
        _used = end;
    }

    public bool Has(int index) => Find(index) >= 0;

    public ReadOnlySpan<byte> Reason(int index) =>
        Find(index) is >= 0 and var at ? _text.AsSpan(_notes[at].Start.._notes[at].ReasonEnd) : default;

    public ReadOnlySpan<byte> Reference(int index) =>
        Find(index) is >= 0 and var at ? _text.AsSpan(_notes[at].ReasonEnd.._notes[at].End) : default;

    public void Clear()
    {
        _notes.Clear();
        _used = 0;
    }

    private int Find(int index)
    {
        var (low, high) = (0, _notes.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var found = _notes[middle].Index;
            if (found == index)
                return middle;
            if (found < index)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return -1;
    }

    private readonly record struct Note(int Index, int Start, int ReasonEnd, int End);
}

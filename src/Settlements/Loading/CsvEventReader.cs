namespace Settlements;

/// <summary>
/// Reads events from a CSV file with the header <see cref="EventColumns.Header"/> or <see cref="EventColumns.HeaderWithNotes"/>; see
/// <see cref="CsvFileReader"/>. A wholly empty line is a row of one column and rejected. Not thread-safe; the stream stays the caller's.
/// </summary>
/// <param name="utf8">Read from its position to its end.</param>
/// <param name="rowBytesMax">See <see cref="RowBytesMax"/>.</param>
/// <param name="bufferBytes">See <see cref="BufferBytes"/>.</param>
/// <param name="policy">Which well-formed events are accepted; <see langword="null"/> for all.</param>
internal sealed class CsvEventReader(
    Stream utf8, int rowBytesMax = CsvEventReader.RowBytesMax, int bufferBytes = CsvEventReader.BufferBytes, EventPolicy? policy = null)
    : CsvLoadSource<EventChunk>(new CsvFileReader(utf8, rowBytesMax, bufferBytes, HeaderRule))
{
    /// <summary>The longest row, without its line end: 64 KiB. The longest valid one, all quoted, takes some 5 KiB.</summary>
    public const int RowBytesMax = 65_536;

    /// <summary>What is read from the stream at once, and all that is kept of it: 1 MiB.</summary>
    public const int BufferBytes = 1_048_576;

    private const string HeaderRule =
        $"The header must be exactly '{EventColumns.Header}', or that with ',{EventColumns.Reason},{EventColumns.Reference}' after it.";

    private readonly EventCheck? _check = policy is null ? null : new EventCheck(policy);
    private bool _hasNotes;

    protected override void CheckHeader()
    {
        var isKnown = File.Columns.Count is EventColumns.Count or EventColumns.CountWithNotes
            && File.Columns.Select((name, i) => name == EventColumns.NameAt(i)).All(isSame => isSame);
        if (!isKnown)
            throw File.WrongHeader($"The header is '{MessageText.Escape(File.Header, EventColumns.HeaderWithNotes.Length * 2)}'.");
        _hasNotes = File.Columns.Count == EventColumns.CountWithNotes;
    }

    protected override void Add(in CsvFields fields, EventChunk chunk)
    {
        chunk.Place(File.RowNumber, File.LineNumber);
        if (EventFields.AddTo(chunk.Batch, File.RowNumber, in fields, _hasNotes, _check) is { } rejection)
            chunk.Reject(File.Reject(rejection.Column, rejection.Reason));
    }
}

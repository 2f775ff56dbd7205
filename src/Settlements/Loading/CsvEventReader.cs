namespace Settlements;

/// <summary>
/// Reads events from a CSV file with the header <see cref="EventColumns.Header"/> or <see cref="EventColumns.HeaderWithNotes"/>; see
/// <see cref="CsvFileReader"/>. An empty line is a row of one column, which is rejected. Not thread-safe. The caller disposes the stream.
/// </summary>
/// <param name="utf8">The stream, read from its position to its end.</param>
/// <param name="rowBytesMax">See <see cref="RowBytesMax"/>.</param>
/// <param name="bufferBytes">See <see cref="BufferBytes"/>.</param>
/// <param name="policy">The policy that accepts well-formed events; <see langword="null"/> to accept all.</param>
internal sealed class CsvEventReader(
    Stream utf8, int rowBytesMax = CsvEventReader.RowBytesMax, int bufferBytes = CsvEventReader.BufferBytes, EventPolicy? policy = null)
    : CsvLoadSource<EventChunk>(new CsvFileReader(utf8, rowBytesMax, bufferBytes, HeaderRule))
{
    /// <summary>
    /// The maximum length of a row without its line end: 64 KiB. The longest valid row, completely quoted, has about 5 KiB.
    /// </summary>
    public const int RowBytesMax = 65_536;

    /// <summary>The size of the read buffer: 1 MiB. No other bytes of the stream are in memory.</summary>
    public const int BufferBytes = 1_048_576;

    private const string HeaderRule =
        $"The header must be exactly '{EventColumns.Header}', optionally followed by ',{EventColumns.Reason},{EventColumns.Reference}'.";

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
        chunk.AddLine(File.RowNumber, File.LineNumber);
        if (EventFields.AddTo(chunk.Batch, File.RowNumber, in fields, _hasNotes, _check) is { } rejection)
            chunk.Reject(File.Reject(rejection.Column, rejection.Reason));
    }
}

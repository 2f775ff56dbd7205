using System.Globalization;
using Settlement.BillableEvents;

namespace Settlement.Loading;

/// <summary>Takes any row apart by RFC 4180, strictly: the way for rows with quotes, and for saying what is wrong with a row.</summary>
/// <param name="rowBytesMax">The longest row, in bytes: the room that its unquoted fields may take.</param>
internal sealed class CsvRowSplitter(int rowBytesMax)
{
    private readonly byte[] _unquoted = new byte[rowBytesMax];
    private readonly int[] _ends = new int[EventColumns.CountWithNotes + 1];
    private int _count;

    /// <summary>How many columns a row has, by the file's header.</summary>
    public int Columns { get; set; } = EventColumns.Count;

    /// <summary>The fields of the row that was split last without a refusal; valid until the next is.</summary>
    public EventFields Fields => new()
    {
        EventId = Field(0),
        OccurredAt = Field(1),
        Meter = Field(2),
        ItemId = Field(3),
        PayeeId = Field(4),
        Quantity = Field(5),
        Reason = Columns > EventColumns.Count ? Field(6) : default,
        Reference = Columns > EventColumns.Count ? Field(7) : default,
    };

    /// <summary>A field without its quotes.</summary>
    /// <param name="index">From 0 to <see cref="Columns"/> - 1.</param>
    public ReadOnlySpan<byte> Field(int index) => _unquoted.AsSpan(_ends[index].._ends[index + 1]);

    /// <summary>Splits a row.</summary>
    /// <param name="row">The row without its line end.</param>
    /// <returns><see langword="null"/>, or why the row is refused: its quotes first, then its number of columns.</returns>
    public Refusal? Split(ReadOnlySpan<byte> row)
    {
        _count = 0;
        var rest = row;
        var used = 0;
        while (true)
        {
            var reason = !rest.IsEmpty && rest[0] == '"' ? CopyQuoted(ref rest, ref used) : CopyUnquoted(ref rest, ref used);
            if (reason is not null)
                return new Refusal(_count < Columns ? EventColumns.NameAt(_count) : null, reason);
            _count++;
            if (_count <= Columns)
                _ends[_count] = used;
            if (rest.IsEmpty)
                break;
            rest = rest[1..];
        }

        return _count == Columns ? null : new Refusal(null, WrongCount(row));
    }

    private string? CopyUnquoted(ref ReadOnlySpan<byte> rest, ref int used)
    {
        var comma = rest.IndexOf((byte)',');
        var field = comma < 0 ? rest : rest[..comma];
        if (field.Contains((byte)'"'))
            return "There is a quote within an unquoted text. Put the whole text in quotes and write the quote twice, for example \"a \"\"b\"\" c\".";
        if (field.Contains((byte)'\r'))
            return "There is a carriage return outside quotes. End rows with LF or CRLF, and put a text that holds one in quotes.";
        Append(field, ref used);
        rest = rest[field.Length..];
        return null;
    }

    private string? CopyQuoted(ref ReadOnlySpan<byte> rest, ref int used)
    {
        do
        {
            // Here the rest starts with a quote: the opening one, or the second of two that stand for one.
            rest = rest[1..];
            var quote = rest.IndexOf((byte)'"');
            if (quote < 0)
                return NotClosed;
            var doubled = quote + 1 < rest.Length && rest[quote + 1] == '"';
            Append(rest[..(doubled ? quote + 1 : quote)], ref used);
            rest = rest[(quote + 1)..];
        }
        while (!rest.IsEmpty && rest[0] == '"');

        return rest.IsEmpty || rest[0] == ','
            ? null
            : "There is text after the closing quote. Write a quote that belongs to the text twice.";
    }

    public const string NotClosed = "A quote is opened and not closed before the end of the file. Close it, or write the row without quotes.";

    private void Append(ReadOnlySpan<byte> bytes, ref int used)
    {
        bytes.CopyTo(_unquoted.AsSpan(used));
        used += bytes.Length;
    }

    private string WrongCount(ReadOnlySpan<byte> row)
    {
        var header = Columns > EventColumns.Count ? EventColumns.HeaderWithNotes : EventColumns.Header;
        if (row.IsEmpty)
            return string.Create(CultureInfo.InvariantCulture, $"The row is empty. Take it out, or write {Columns} columns: {header}.");
        var columns = _count == 1 ? "column" : "columns";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The row has {_count} {columns} instead of {Columns}: {header}. Put a text that holds a comma in quotes.");
    }
}

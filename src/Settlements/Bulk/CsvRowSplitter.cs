using System.Globalization;

namespace Settlements;

/// <summary>
/// Splits rows into fields, strictly by RFC 4180: a quote within an unquoted field, text after a closing quote, and a carriage return
/// outside of quotes are errors. Not thread-safe.
/// </summary>
internal sealed class CsvRowSplitter
{
    public const string NotClosed =
        "A quote is not closed before the end of the file. Close it, or write the row without quotes.";

    private const int HeaderShownMax = 200;

    private byte[] _unquoted = [];
    private int[] _ends = new int[16];
    private int _count;
    private string _header = "";

    /// <summary>Gets the names of the columns; empty while they are unknown and a row may have any number of fields.</summary>
    public IReadOnlyList<string> Columns { get; private set; } = [];

    public void UseColumns(IReadOnlyList<string> names)
    {
        Columns = names;
        _header = string.Join(',', names);
        if (_header.Length > HeaderShownMax)
            _header = _header[..HeaderShownMax] + "…";
    }

    /// <summary>Splits a row without quotes and carriage returns, like nearly all rows, without copying its fields.</summary>
    /// <returns>Whether there are as many fields as columns; if not, <see cref="Split"/> returns the error.</returns>
    public bool TrySplitPlain(ReadOnlySpan<byte> row, out CsvFields fields)
    {
        fields = default;
        var last = Columns.Count - 1;
        var count = 0;
        var from = 0;
        for (var length = row.IndexOf((byte)','); length >= 0; length = row[from..].IndexOf((byte)','))
        {
            if (count >= last)
                return false;
            _ends[count++] = from + length;
            from += length + 1;
        }

        if (count != last)
            return false;
        _ends[count] = row.Length;
        fields = new CsvFields(row, _ends.AsSpan(0, last + 1), gap: 1);
        return true;
    }

    /// <summary>Splits any row.</summary>
    /// <param name="row">The bytes of the row without its line end.</param>
    /// <param name="fields">The fields; in case of an error, those before it.</param>
    /// <returns><see langword="null"/>, or the error of the row: invalid quotes first, then a wrong number of fields.</returns>
    public CsvError? Split(ReadOnlySpan<byte> row, out CsvFields fields)
    {
        if (_unquoted.Length < row.Length)
            _unquoted = new byte[Math.Max(row.Length, _unquoted.Length * 2)];
        _count = 0;
        var used = 0;
        var reason = SplitAll(row, ref used);
        fields = new CsvFields(_unquoted.AsSpan(0, used), _ends.AsSpan(0, Math.Min(_count, _ends.Length)), gap: 0);
        if (reason is not null)
            return new CsvError(_count < Columns.Count ? Columns[_count] : null, reason);
        return Columns.Count == 0 || _count == Columns.Count ? null : new CsvError(null, WrongCount(row));
    }

    private string? SplitAll(ReadOnlySpan<byte> rest, ref int used)
    {
        while (true)
        {
            var reason = !rest.IsEmpty && rest[0] == '"' ? CopyQuoted(ref rest, ref used) : CopyUnquoted(ref rest, ref used);
            if (reason is not null)
                return reason;
            AddField(used);
            if (rest.IsEmpty)
                return null;
            rest = rest[1..];
        }
    }

    /// <summary>Counts fields beyond the columns without storing them, since a row can have as many fields as bytes.</summary>
    private void AddField(int end)
    {
        if (Columns.Count == 0 && _count == _ends.Length)
            Array.Resize(ref _ends, _ends.Length * 2);
        if (_count < _ends.Length)
            _ends[_count] = end;
        _count++;
    }

    private string? CopyUnquoted(ref ReadOnlySpan<byte> rest, ref int used)
    {
        var end = rest.IndexOfAny((byte)',', (byte)'"', (byte)'\r');
        if (end >= 0 && rest[end] != ',')
            return WrongUnquoted(rest);
        var field = end < 0 ? rest : rest[..end];
        Append(field, ref used);
        rest = rest[field.Length..];
        return null;
    }

    private static string WrongUnquoted(ReadOnlySpan<byte> rest)
    {
        var comma = rest.IndexOf((byte)',');
        return (comma < 0 ? rest : rest[..comma]).Contains((byte)'"')
            ? "The text contains a quote and is not quoted. Quote the complete text and double its quotes, " +
                "for example \"a \"\"b\"\" c\"."
            : "There is a carriage return outside of quotes. End rows with LF or CRLF, and quote a text that contains one.";
    }

    private string? CopyQuoted(ref ReadOnlySpan<byte> rest, ref int used)
    {
        do
        {
            // The rest starts with a quote: the opening quote, or the second one of a doubled quote.
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
            : "There is text after the closing quote. Double a quote that belongs to the text.";
    }

    private void Append(ReadOnlySpan<byte> bytes, ref int used)
    {
        bytes.CopyTo(_unquoted.AsSpan(used));
        used += bytes.Length;
    }

    private string WrongCount(ReadOnlySpan<byte> row)
    {
        if (row.IsEmpty)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"The row is empty. Remove it, or write {Columns.Count} columns: {_header}.");
        }

        var columns = _count == 1 ? "column" : "columns";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The row has {_count} {columns} instead of {Columns.Count}: {_header}. Quote a text that contains a comma.");
    }
}

using System.Globalization;

namespace Settlements;

/// <summary>
/// Splits rows into fields by RFC 4180, strictly: a quote within an unquoted field, text after a closing quote and a carriage return
/// outside quotes are errors. Not thread-safe.
/// </summary>
internal sealed class CsvRowSplitter
{
    public const string NotClosed =
        "A quote is opened and not closed before the end of the file. Close it, or write the row without quotes.";

    private const int HeaderShownMax = 200;

    private byte[] _unquoted = [];
    private int[] _ends = new int[16];
    private int _count;
    private string _header = "";

    /// <summary>The names of the columns; empty while they are not known, when a row may have any number of fields.</summary>
    public IReadOnlyList<string> Columns { get; private set; } = [];

    public void UseColumns(IReadOnlyList<string> names)
    {
        Columns = names;
        _header = string.Join(',', names);
        if (_header.Length > HeaderShownMax)
            _header = _header[..HeaderShownMax] + "…";
    }

    /// <summary>Splits a row that has neither quotes nor carriage returns, as nearly all rows: its fields are not copied.</summary>
    /// <returns>Whether there are as many fields as columns; if not, <see cref="Split"/> gives the error.</returns>
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
    /// <param name="row">The row without its line end.</param>
    /// <param name="fields">Its fields; when there is an error, those before it.</param>
    /// <returns><see langword="null"/>, or why the row is rejected: its quotes first, then its number of fields.</returns>
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

    /// <summary>Fields beyond the columns are counted, and not kept: a row can hold as many as it has bytes.</summary>
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
            ? "There is a quote within an unquoted text. Put the whole text in quotes and write the quote twice, " +
                "for example \"a \"\"b\"\" c\"."
            : "There is a carriage return outside quotes. End rows with LF or CRLF, and put a text that holds one in quotes.";
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
                CultureInfo.InvariantCulture, $"The row is empty. Take it out, or write {Columns.Count} columns: {_header}.");
        }

        var columns = _count == 1 ? "column" : "columns";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The row has {_count} {columns} instead of {Columns.Count}: {_header}. Put a text that holds a comma in quotes.");
    }
}

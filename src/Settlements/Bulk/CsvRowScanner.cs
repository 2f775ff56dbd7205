namespace Settlements;

/// <summary>
/// Finds the end of a row across any number of buffers. A quote starts a quoted field only at the start of the field; within it, two
/// quotes are one and a line break is data. Elsewhere a quote is an ordinary character, so that a stray quote invalidates only its own
/// row.
/// </summary>
internal sealed class CsvRowScanner
{
    private State _state;

    private enum State
    {
        FieldStart,
        Unquoted,
        Quoted,
        QuoteSeen,
    }

    /// <summary>Gets whether the scanned bytes end within a quoted field.</summary>
    public bool InQuotes => _state == State.Quoted;

    /// <summary>Gets the index of the field in which the scanned bytes end, from 0.</summary>
    public int Column { get; private set; }

    /// <summary>Resets the scanner for the next row.</summary>
    public void Reset()
    {
        _state = State.FieldStart;
        Column = 0;
    }

    /// <summary>Scans the next bytes of the row.</summary>
    /// <returns>The index in <paramref name="data"/> of the line feed that ends the row, or -1.</returns>
    public int FindEnd(ReadOnlySpan<byte> data)
    {
        var at = 0;
        while (at < data.Length)
        {
            if (_state == State.Quoted)
            {
                var quote = data[at..].IndexOf((byte)'"');
                if (quote < 0)
                    return -1;
                at += quote + 1;
                _state = State.QuoteSeen;
            }
            else if (data[at] == '"' && _state != State.Unquoted)
            {
                at++;
                _state = State.Quoted;
            }
            else
            {
                _state = State.Unquoted;
                var stop = data[at..].IndexOfAny((byte)',', (byte)'\n');
                if (stop < 0)
                    return -1;
                at += stop;
                if (data[at] == '\n')
                    return at;
                at++;
                Column++;
                _state = State.FieldStart;
            }
        }

        return -1;
    }
}

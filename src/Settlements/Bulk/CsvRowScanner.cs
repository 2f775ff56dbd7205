namespace Settlements;

/// <summary>
/// Finds where a row ends, over any number of pieces. A quote opens a quoted field only at the field's start; two quotes within are one; a
/// line break within is data. Anywhere else a quote is a character, so that a stray one costs its own row and no other.
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

    /// <summary>Whether the bytes so far end within a quoted field.</summary>
    public bool InQuotes => _state == State.Quoted;

    /// <summary>The index of the field that the bytes so far end in, from 0.</summary>
    public int Column { get; private set; }

    /// <summary>Makes ready for the next row.</summary>
    public void Reset()
    {
        _state = State.FieldStart;
        Column = 0;
    }

    /// <summary>Goes on with the row's next bytes.</summary>
    /// <returns>Where in <paramref name="data"/> the line feed that ends the row is, or -1.</returns>
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

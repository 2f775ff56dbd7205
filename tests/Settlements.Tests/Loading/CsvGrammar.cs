using System.Globalization;
using System.Text;

namespace Settlements.Tests.Loading;

/// <summary>
/// Generates a random event file: valid rows, rows with extreme values, and rows damaged after they were written.
/// </summary>
internal sealed class CsvGrammar(Random random)
{
    private static readonly string[] Letters =
        ["a", "B", "é", "한", "😀", "'", ";", "\\", "%", "_", "--", "\0", "\t", "\uFEFF", "\u00A0", "\"", ",", "\n", "\r\n", "\r", " "];

    private static readonly string[] ValidInstants =
    [
        "2024-07-01T00:00:00Z", "2024-02-29T23:59:59.999999+09:00", "1900-01-02T00:00:00Z", "9998-12-30T23:59:59.999999Z",
        "2024-07-01T00:00:00.5-14:00",
        "1900-01-01T10:00:00.000000-14:00", "9998-12-31T13:59:59+14:00", "1969-12-31T23:59:59.999999Z", "2000-02-29T00:00:00-00:00",
    ];

    private static readonly string[] EdgeInstants =
    [
        "0000-01-01T00:00:00Z", "0000-00-00T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00",
        "10000-01-01T00:00:00Z",
        "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "1900-01-01T23:59:59Z", "9998-12-31T00:00:00Z", "2024-07-01T24:00:00Z",
        "2024-07-01T00:00:60Z",
        "2024-07-01T00:00:00", "2024-07-01T00:00:00.1234567Z", "2024-07-01T00:00:00+14:01", "2024-07-01T00:00:00+09:60", "", "2024-07-01",
    ];

    private static readonly string[] ValidQuantities =
        ["1", "-1", "0012", "1000000000000", "-1000000000000", "999999999999", "-00000000000000000000007"];

    private static readonly string[] EdgeQuantities =
    [
        "0", "-0", "", "-", "+1", " 1", "1 ", "1e3", "1.0", "１", "1000000000001", "-1000000000001", "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "18446744073709551617", "99999999999999999999999999999999",
    ];

    private readonly List<byte> _file = [];
    private readonly List<(int Start, int End, UsageEvent Event)> _valid = [];

    /// <summary>Returns the file and the positions of its undamaged rows, without their line ends.</summary>
    public (byte[] File, IReadOnlyList<(int Start, int End, UsageEvent Event)> Valid) Grow()
    {
        if (Chance(15))
            _file.AddRange("\uFEFF"u8);
        var header = Encoding.UTF8.GetBytes(Chance(10) ? "\"" + Csv.Header.With(",", "\",\"") + "\"" : Csv.Header);
        _file.AddRange(Chance(4) ? Damaged(header) : header);
        var lineEnds = Pick<string[]>(["\n"], ["\r\n"], ["\n", "\r\n"], ["\n", "\r\n", "\r", "\n\n", "\r\r\n"]);
        for (var rows = random.Next(30); rows > 0; rows--)
        {
            _file.AddRange(Encoding.UTF8.GetBytes(Pick(lineEnds)));
            WriteRow();
        }

        if (Chance(70))
            _file.AddRange(Encoding.UTF8.GetBytes(Pick(lineEnds)));
        return Encoded(_file.ToArray());
    }

    private (byte[] File, IReadOnlyList<(int Start, int End, UsageEvent Event)> Valid) Encoded(byte[] file) => random.Next(50) switch
    {
        0 => (Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(file)), []),
        1 => (Encoding.BigEndianUnicode.GetBytes(Encoding.UTF8.GetString(file)), []),
        2 => (Encoding.Latin1.GetBytes(Encoding.UTF8.GetString(file)), []),
        3 => (Damaged(file), []),
        _ => (file, _valid),
    };

    private void WriteRow()
    {
        var (text, billable) = Row();
        var bytes = Encoding.UTF8.GetBytes(text);
        if (Chance(30))
        {
            for (var times = random.Next(1, 4); times > 0; times--)
                bytes = Damaged(bytes);
        }
        else if (billable is { } valid)
        {
            _valid.Add((_file.Count, _file.Count + bytes.Length, valid));
        }

        _file.AddRange(bytes);
    }

    // A well-formed row, and its event if every value is in range.
    private (string Text, UsageEvent? Event) Row()
    {
        var id = Chance(70) ? new Guid(random.Next(), 0, 7, new byte[8]) : Csv.Id(random.Next(10));
        var instant = Pick(Chance(95) ? ValidInstants : EdgeInstants);
        string[] texts = [Text(), Text(), Text()];
        var quantity = Pick(Chance(95) ? ValidQuantities : EdgeQuantities);
        string[] fields = [Chance(80) ? $"{id}" : $"{id}".ToUpperInvariant(), instant, .. texts, quantity];
        var row = string.Join(',', fields.Select(Written));
        var isValid = ValidInstants.Contains(instant) && ValidQuantities.Contains(quantity) && texts.All(
            text => text.EnumerateRunes().Count() is > 0 and <= 64);
        return (row, isValid ? new UsageEvent(
            id, Instant(instant), texts[0], texts[1], texts[2], long.Parse(quantity, CultureInfo.InvariantCulture)) : null);
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private string Text() => random.Next(40) switch
    {
        0 => "",
        1 => string.Concat(Enumerable.Repeat(Pick("x", "😀", "\"", "é"), random.Next(63, 67))),
        _ => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Pick(Letters))),
    };

    private string Written(string field) =>
        field.AsSpan().IndexOfAny("\",\r\n") >= 0 || Chance(15) ? $"\"{field.With("\"", "\"\"")}\"" : field;

    private byte[] Damaged(byte[] bytes)
    {
        var at = random.Next(bytes.Length + 1);
        switch (random.Next(16))
        {
            case 0 when bytes.Length > 0:
                var flipped = bytes.ToArray();
                flipped[at % bytes.Length] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 1:
                var quote = Array.IndexOf(bytes, (byte)'"', at);
                return quote < 0 ? With(bytes, at, "\""u8) : [.. bytes[..quote], .. bytes[(quote + 1)..]];
            case 2:
                return With(bytes, at, "\""u8);
            case 3:
                return With(bytes, at, "\"\""u8);
            case 4:
                var any = new byte[random.Next(1, 20)];
                random.NextBytes(any);
                return With(bytes, at, any);
            case 5:
                return With(bytes, at, new byte[random.Next(1, 4)]);
            case 6:
                return With(bytes, at, Chance(50) ? "\r"u8 : "\n"u8);
            case 7:
                return With(bytes, at, Huge());
            case 8:
                return With(bytes, at, Encoding.UTF8.GetBytes(new string(',', random.Next(1, 4))));
            case 9:
                var comma = Array.IndexOf(bytes, (byte)',', at);
                return comma < 0 ? bytes[..at] : [.. bytes[..at], .. bytes[(comma + 1)..]];
            case 10:
                return With(
                    bytes, at,
                    Pick<byte[]>([0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xC7, 0xD1], [0x80]));
            case 11:
                return (Chance(50) ? Encoding.Unicode : Encoding.BigEndianUnicode).GetBytes(Encoding.UTF8.GetString(bytes));
            case 12:
                return With(bytes, Chance(50) ? 0 : at, "\uFEFF"u8);
            case 13:
                return [.. bytes.Select(each => each == ',' ? (byte)';' : each)];
            case 14:
                return bytes[..at];
            default:
                return [.. bytes, .. bytes];
        }
    }

    // Rarely near the row limit, mostly short: 300 files have to take seconds.
    private byte[] Huge()
    {
        var bytes = new byte[Chance(5) ? 65_300 + random.Next(500) : Chance(2) ? 1_200_000 : random.Next(60, 5_000)];
        bytes.AsSpan().Fill((byte)Pick('x', '0', ',', '"', '\r', bytes.Length < 5_000 ? '\n' : '\0', ' '));
        return bytes;
    }

    private static byte[] With(byte[] bytes, int at, ReadOnlySpan<byte> what) => [.. bytes[..at], .. what, .. bytes[at..]];

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Pick<T>(params T[] from) => from[random.Next(from.Length)];
}

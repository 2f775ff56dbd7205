using System.Globalization;
using System.Text;

namespace Settlements.MySql.Tests.Loading;

/// <summary>Values that a column may store, change or refuse: fixed ones, and random ones by a seed.</summary>
internal static class HostileValues
{
    private static readonly string[] Texts =
    [
        "", " ", "0", "-0", "00", "0000", "1", "5", "12", "70", "99", "100", "127", "128", "255", "256", "300", "1901", "2024", "2155",
        "2156", "-1", "+5", " 5 ", "5 ",
        "1.5", "1.50", "10.0", ".5", "5.", "1e3", "1E-3", "1e400", "-1e-400", "0.1", "0.30000000000000004", "16777216", "16777217",
        "9007199254740993", "99999.99", "99999.999",
        "18446744073709551615", "18446744073709551616", "123456789012345678901234567890", "0x10", "1,5", "abc", "true", "NaN", "Infinity",
        "12abc", "\t1", "１２", "1_000",
        "2024-07-01", "2024-7-1", "24-07-01", "2024/07/01", "20240701", "240701", "2024-02-30", "0000-00-00", "2024-00-10",
        "2024-07-01 23:59:59.999999",
        "2024-07-01 23:59:59.9999999", "2024-07-01T23:59:59Z", "2024-07-01T23:59:59", "2024-07-01 23:59:59+09:00", "20240701235959",
        "1969-12-31 23:59:59",
        "2038-01-19 03:14:08", "9999-12-31", "2024-07-01abc", "10:11:12", "838:59:59", "839:00:00", "-100:00:00.5", "1 10:00:00", "25",
        "10:61:00", "10:11:12.9999999",
        "00112233-4455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-AABBCCDDEEFF", "00112233445566778899aabbccddeeff",
        "{00112233-4455-6677-8899-aabbccddeeff}",
        "abcdefghijklmnop", "abcd", "::1", "127.0.0.1", "256.0.0.1", "::ffff:1.2.3.4", "1.2.3", "é", "한국", "😀", "a\0b", "a\tb\n\\\r",
        "it's", "\\N", "\\", "a", "A", "a ", "b",
        "a,b", "b,a", "a,a", "a,", "back\\slash", "{\"a\": 1}", "{bad", "null", "POINT(1 1)", "\ud800", "trailing   ", "?", "@x", "%s",
        "{0}", "' OR 1=1 --",
        new('x', 21), new('x', 300), new('é', 200), new string('x', 20) + " \t", new string('x', 255) + "  ", "12345\r\n", "😀😀😀😀😀",
        new string('9', 400),
    ];

    private static readonly object[] Values =
    [
        0, 1, -1, 2, 5, 70, 300, 2024, 20240701, 240701, long.MinValue, long.MaxValue, ulong.MaxValue, (1L << 53) + 1, (1L << 24) + 1,
        true, false, 1.5m, 10.0m, 10.50m, decimal.MaxValue,
        0.1, 0.1 + 0.2, 0.1f, 16777217.0, 1e16, double.MaxValue, double.Epsilon, float.MaxValue, float.Epsilon, -0.0, double.NaN,
        double.PositiveInfinity, float.NaN, 1.25f, 3.0,
        Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), new DateTime(2024, 7, 1, 0, 0, 0, DateTimeKind.Utc),
        new DateTime(2024, 7, 1, 23, 59, 59, 999, 999, DateTimeKind.Utc),
        new DateTimeOffset(2024, 7, 1, 12, 0, 0, TimeSpan.FromHours(9)), new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero),
        DateTimeOffset.MaxValue, new DateOnly(2024, 7, 1),
        new TimeOnly(10, 11, 12), new TimeSpan(0, -100, -2, -3, -4, -5), TimeSpan.FromHours(900), 'x', ' ', DayOfWeek.Monday,
        DayOfWeek.Sunday, Array.Empty<byte>(), new byte[] { 0 },
        new byte[] { 0xFF, 0xFE }, new byte[] { 1, 2, 3 }, new byte[] { 9, 10, 13, 92, 39, 0 }, Encoding.UTF8.GetBytes("é"), "12"u8
            .ToArray(), "2024-07-01"u8.ToArray(),
        Convert.FromHexString("00112233445566778899AABBCCDDEEFF"),
        Convert.FromHexString("000000000101000000000000000000F03F0000000000000040"), "abcd"u8.ToArray(),
    ];

    public static List<object?> Known() => [null, .. Texts, .. Values];

    public static List<object?> Random(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => One(random))];
    }

    private static object One(Random random) => random.Next(12) switch
    {
        0 => random.NextInt64() >> random.Next(64),
        1 => -(random.NextInt64() >> random.Next(64)),
        2 => new decimal(random.Next(), random.Next(), random.Next(), random.Next(2) == 0, (byte)random.Next(29)),
        3 => BitConverter.Int64BitsToDouble(random.NextInt64()),
        4 => BitConverter.Int32BitsToSingle(random.Next()),
        5 => Math.Round(random.NextDouble() * 1_000, random.Next(5)),
        6 => (random.Next(100_000) / 100m).ToString(CultureInfo.InvariantCulture),
        7 => new DateTime(random.NextInt64(DateTime.MaxValue.Ticks), DateTimeKind.Utc),
        8 => new DateTime(2024, 1, 1, 0, 0, 0,
            DateTimeKind.Utc).AddMicroseconds(random.NextInt64(31_000_000_000_000)).ToString("yyyy-MM-dd HH:mm:ss.ffffff",
            CultureInfo.InvariantCulture),
        9 => TimeSpan.FromMicroseconds(random.NextInt64(-3_020_399_000_000, 3_020_399_000_000)),
        10 => Bytes(random),
        _ => Text(random),
    };

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(4) switch { 0 => 16, 1 => 3, 2 => 4, _ => random.Next(20) }];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string Text(Random random)
    {
        string[] pieces = ["a", "b", "A", "1", "0", "9", "-", ":", ".", ",", " ", "e", "\t", "\n", "\\", "'", "\"", "\0", "é", "한", "😀",
            "\r", "/", "{", "}", "?", "@", ";"];
        return string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => pieces[random.Next(pieces.Length)]));
    }
}

namespace Settlements.Benchmarks;

/// <summary>Prints how each reader handles a malformed row between well-formed ones.</summary>
internal static class CsvHostileInput
{
    private const int LengthMax = 240;

    private static readonly (string Name, byte[] Row)[] Malformed =
    [
        ("bytes that are not UTF-8", [.. "3,"u8, 0xFF, .. ",1"u8]),
        ("quote within an unquoted text", "3,a\"b,1"u8.ToArray()),
        ("text after the closing quote", "3,\"a\"b,1"u8.ToArray()),
        ("carriage return outside quotes", "3,a\rb,1"u8.ToArray()),
        ("too few fields", "3,a"u8.ToArray()),
        ("too many fields", "3,a,b,1"u8.ToArray()),
        ("empty line", []),
        ("quote that is never closed", "3,\"a,1"u8.ToArray()),
        ("row of 100,000 bytes", [.. "3,"u8, .. Enumerable.Repeat((byte)'x', 100_000), .. ",1"u8]),
    ];

    public static async Task PrintAsync()
    {
        Console.WriteLine("\nFive rows, of which the third, on line 5, is malformed: number of rows read and reported errors");
        foreach (var (name, row) in Malformed)
        {
            byte[] file = [.. "id,title,n\n1,\"two\nlines\",1\n2,b,1\n"u8, .. row, .. "\n4,d,1\n5,e,1\n"u8];
            Console.WriteLine($"{name}");
            await PrintAsync("Settlement", async rejected => (await CsvPeers.OwnAsync(new MemoryStream(file), rejected)).Rows);
            await PrintAsync("Sep", rejected => Task.FromResult(CsvPeers.Sep(new MemoryStream(file), CsvText.Latin1, rejected).Rows));
            await PrintAsync("Sylvan", rejected => Task.FromResult(CsvPeers.Sylvan(new MemoryStream(file), CsvText.Latin1, rejected).Rows));
        }
    }

    private static async Task PrintAsync(string reader, Func<Action<string>, Task<long>> work)
    {
        List<string> rejected = [];
        string end;
        try
        {
            end = $"{await work(rejected.Add)} read";
        }
        catch (Exception e)
        {
            end = $"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}";
        }

        var text = string.Join("; ", rejected.Prepend(end));
        Console.WriteLine($"  {reader,-10} {(text.Length <= LengthMax ? text : text[..LengthMax] + "…")}");
    }
}

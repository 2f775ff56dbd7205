using System.Globalization;
using System.Runtime.CompilerServices;

namespace Settlements.WorkCounts;

/// <summary>What an operation has cost: a regression check that counts instead of timing.</summary>
/// <param name="Statements">Statements that the database executed.</param>
/// <param name="RoundTrips">Commands sent to a server; 0 for an embedded store.</param>
/// <param name="RowsWritten">Rows inserted, updated and deleted.</param>
/// <param name="Bytes">Bytes allocated by the process.</param>
public sealed record WorkCount(long Statements, long RoundTrips, long RowsWritten, long Bytes)
{
    public static WorkCount operator -(WorkCount one, WorkCount other) => new(
        one.Statements - other.Statements, one.RoundTrips - other.RoundTrips, one.RowsWritten - other.RowsWritten, one.Bytes - other.Bytes);
}

/// <summary>The recorded counts of a store: a file beside this one, with a line for each operation.</summary>
internal static class RecordedCounts
{
    private const string Header =
        "operation | statements | round trips | rows written | bytes allocated: at most 1.5 times as many, and 64 KiB";

    /// <summary>Compares with the file; with SETTLEMENT_WRITE=counts, as in <c>./build.sh --counts</c>, writes it.</summary>
    public static void Check(string store, IReadOnlyList<(string Operation, WorkCount Count)> found)
    {
        var file = Path.Combine(Folder(), $"{store}.txt");
        if (Environment.GetEnvironmentVariable("SETTLEMENT_WRITE") == "counts")
        {
            File.WriteAllLines(file, found.Select(f => string.Create(
                CultureInfo.InvariantCulture,
                $"{f.Operation} | {f.Count.Statements} | {f.Count.RoundTrips} | {f.Count.RowsWritten} | {f.Count.Bytes}")).Prepend(Header));
        }

        var recorded = File.ReadLines(file).Skip(1).Select(line => line.Split(" | ")).ToDictionary(
            cells => cells[0], cells => Parse(cells[1..]));
        found.Select(f => (f.Operation, f.Count.Statements, f.Count.RoundTrips, f.Count.RowsWritten)).Should().Equal(
            recorded.Select(r => (r.Key, r.Value.Statements, r.Value.RoundTrips, r.Value.RowsWritten)),
            "{0} has these counts. If the change is intended: ./build.sh --counts, and say in the commit "
                + "what became cheaper or dearer", file);
        foreach (var (operation, count) in found)
        {
            count.Bytes.Should().BeLessThanOrEqualTo(
                recorded[operation].Bytes * 3 / 2 + 65_536, "{0} allocated {1} bytes when it was recorded", operation,
                recorded[operation].Bytes);
        }
    }

    private static WorkCount Parse(string[] cells)
    {
        var numbers = cells.Select(cell => long.Parse(cell, CultureInfo.InvariantCulture)).ToArray();
        return new WorkCount(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}

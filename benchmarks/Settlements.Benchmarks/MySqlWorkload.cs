using System.Runtime.CompilerServices;

namespace Settlements.Benchmarks;

/// <summary>An event of a <see cref="MySqlWorkload"/>; the id has 16 bytes, most significant first.</summary>
internal readonly record struct WorkloadEvent(long UnixMicroseconds, ulong IdHigh, ulong IdLow, int Item);

/// <summary>
/// Events of one business day in Seoul, in the order of time, with ids of UUID version 7 and pseudo-random items. They are computed from
/// their numbers, so that every process generates the same events without storing them.
/// </summary>
internal sealed class MySqlWorkload
{
    public const string Meter = "video.view";

    private readonly long _start;
    private readonly double _step;
    private readonly ulong _seed;

    public MySqlWorkload(int day, int events, int items)
    {
        (Events, Items) = (events, items);
        var start = new DateTimeOffset(Workload.FirstDay.AddDays(day), TimeOnly.MinValue, TimeSpan.FromHours(9));
        _start = UnixMicroseconds.From(start);
        _step = TimeSpan.MicrosecondsPerDay / (double)events;
        _seed = Mixed((ulong)day + 1);
    }

    public int Events { get; }

    public int Items { get; }

    public int Payees => Math.Max(1, Items / 10);

    public WorkloadEvent this[int index]
    {
        get
        {
            var at = _start + (long)(index * _step);
            var random = Mixed(_seed + (ulong)index);

            // RFC 9562, version 7: milliseconds and their fraction in the next 12 bits (method 3), so that ids are in the order of time.
            var high = ((ulong)(at / 1000) << 16) | 0x7000 | ((ulong)(at % 1000) * 4096 / 1000);
            var low = 0x8000_0000_0000_0000 | (Mixed(random) >> 2);
            return new WorkloadEvent(at, high, low, (int)Math.BigMul(random, (ulong)Items, out _));
        }
    }

    /// <summary>Ids of items and payees, created once and in order, as an application would have them in memory.</summary>
    public (string[] Items, string[] Payees) Names() => (
        [.. Enumerable.Range(0, Items).Select(item => $"video-{item:0000000}")],
        [.. Enumerable.Range(0, Payees).Select(payee => $"channel-{payee:000000}")]);

    public static Guid Id(in WorkloadEvent row) => new((uint)(row.IdHigh >> 32), (ushort)(row.IdHigh >> 16), (ushort)row.IdHigh,
        (byte)(row.IdLow >> 56), (byte)(row.IdLow >> 48), (byte)(row.IdLow >> 40), (byte)(row.IdLow >> 32),
        (byte)(row.IdLow >> 24), (byte)(row.IdLow >> 16), (byte)(row.IdLow >> 8), (byte)row.IdLow);

    public async IAsyncEnumerable<UsageEvent> EnumerateAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // The sequence completes synchronously.
        await Task.CompletedTask;
        var (items, payees) = Names();
        for (var i = 0; i < Events; i++)
        {
            var row = this[i];
            if (i % 65_536 == 0)
                cancellationToken.ThrowIfCancellationRequested();
            yield return new UsageEvent(
                Id(row), DateTimeOffset.UnixEpoch.AddMicroseconds(row.UnixMicroseconds), Meter, items[row.Item],
                payees[row.Item % payees.Length], 1);
        }
    }

    /// <summary>The mixing step of SplitMix64: maps each number to a pseudo-random one.</summary>
    private static ulong Mixed(ulong value)
    {
        value += 0x9E37_79B9_7F4A_7C15;
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}

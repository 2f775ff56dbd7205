using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Settlements.Benchmarks;

/// <summary>
/// Generates events of consecutive business days in Seoul, in the order of time, as CSV; deterministic for its arguments.
/// </summary>
internal static class Workload
{
    public static readonly DateOnly FirstDay = new(2024, 7, 1);

    public static void Write(string path, int day, int events, int items, bool orderedIds)
    {
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 20);
        file.Write("event_id,occurred_at,meter,item_id,payee_id,quantity\n");
        var start = new DateTimeOffset(FirstDay.AddDays(day), TimeOnly.MinValue, TimeSpan.FromHours(9)).UtcDateTime;
        var random = new Random(day);
        var step = TimeSpan.TicksPerDay / TimeSpan.TicksPerMicrosecond / (double)events;
        Span<byte> id = stackalloc byte[16];
        for (var i = 0; i < events; i++)
        {
            random.NextBytes(id);
            if (orderedIds)
                BinaryPrimitives.WriteInt64BigEndian(id, ((long)day << 40) + i);
            var item = random.Next(items);
            file.Write(new Guid(id, bigEndian: true));
            file.Write(',');
            file.Write(start.AddMicroseconds((long)(i * step)).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
            file.Write(string.Create(CultureInfo.InvariantCulture, $",video.view,video-{item:000000},channel-{item % 5000:0000},1\n"));
        }
    }
}

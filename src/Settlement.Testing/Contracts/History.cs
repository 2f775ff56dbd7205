using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Settlement.BillableEvents;
using Settlement.Testing.Faults;

namespace Settlement.Testing.Contracts;

/// <summary>How an event comes to the store.</summary>
public enum Way
{
    /// <summary>Loaded while its day is open.</summary>
    OnTime,

    /// <summary>The same, and loaded again later.</summary>
    Twice,

    /// <summary>Loaded after its day is closed.</summary>
    Late,

    /// <summary>Put in by SQL after its day is closed.</summary>
    ByHand,
}

/// <summary>An event and how it comes.</summary>
public sealed record Arrival(int Day, Way Way, string Item, string Payee, string Meter, int Quantity, long Microsecond)
{
    /// <summary>The event.</summary>
    public BillableEvent ToEvent(int id) => Scenario.Event(id, Scenario.Monday.AddDays(Day), Quantity, Item, Payee, Meter) with
    {
        OccurredAt = Scenario.Instant(Scenario.Monday.AddDays(Day), 0).AddMicroseconds(Microsecond),
    };
}

/// <summary>How a day is worked on: in which pieces, by how many, and what goes wrong.</summary>
public sealed record Work(int ChunkRows, int Workers, int Partials, int Hosts, int StopAfter, long FaultAt, FaultKind Kind, FaultSide Side)
{
    /// <summary>Nothing goes wrong, and nothing is cut.</summary>
    public static Work Plain { get; } = new(100, 1, 100, 1, 0, 0, FaultKind.Exception, FaultSide.Before);
}

/// <summary>Events over six days, how each of seven days is worked on, and the day from which a second version of the rates counts.</summary>
public sealed record History(IReadOnlyList<Arrival> Events, IReadOnlyList<Work> Days, int RatesChangeOn)
{
    private const int DaysCount = 7;

    /// <summary>Random histories, with smaller ones for each.</summary>
    public static Arbitrary<History> Arbitrary()
    {
        // Few items and payees, around the tiers' edges, with corrections.
        var arrival =
            from day in Gen.Choose(0, 5)
            from way in Gen.Frequency((7, Gen.Constant(Way.OnTime)), (1, Gen.Constant(Way.Twice)), (2, Gen.Constant(Way.Late)), (1, Gen.Constant(Way.ByHand)))
            from item in Gen.Elements("a", "A", "b", "ｂ", "\U0001F600")
            from payee in Gen.Frequency((8, Gen.Constant("p")), (1, Gen.Constant("P")), (1, Gen.Constant("q")))
            from meter in Gen.Elements("video.view", "ad.view", "video.seconds")
            from quantity in Gen.OneOf(Gen.Choose(1, 5), Gen.Choose(-4, -1), Gen.Choose(1, 40))
            from microsecond in Gen.OneOf(Gen.Constant(0L), Gen.Constant(86_399_999_999L), Gen.Choose(0, 86_399).Select(s => s * 1_000_000L + 999_999))
            select new Arrival(day, way, item, payee, meter, quantity, microsecond);
        var work =
            from chunkRows in Gen.Choose(1, 12)
            from workers in Gen.Choose(1, 4)
            from partials in Gen.Choose(1, 6)
            from hosts in Gen.Frequency((14, Gen.Constant(1)), (1, Gen.Choose(2, 3)))
            from stopAfter in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, 6)))
            from faultAt in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(1, 250)))
            from kind in Gen.Elements(Enum.GetValues<FaultKind>())
            from side in Gen.Elements(Enum.GetValues<FaultSide>())
            select new Work(chunkRows, workers, partials, hosts, stopAfter, faultAt, kind, side);
        var history =
            from events in Gen.ListOf(arrival)
            from days in Gen.ListOf(work, DaysCount)
            from ratesChangeOn in Gen.Choose(1, DaysCount)
            select new History([.. events], [.. days], ratesChangeOn);
        return Arb.From(history, Smaller);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"rates change on day {RatesChangeOn}\n{string.Join('\n', Days)}\n{string.Join('\n', Events)}");

    /// <summary>With fewer events, then with less that goes wrong.</summary>
    private static IEnumerable<History> Smaller(History history)
    {
        for (var size = history.Events.Count / 2; size > 0; size /= 2)
        {
            for (var at = 0; at < history.Events.Count; at += size)
                yield return history with { Events = [.. history.Events.Take(at), .. history.Events.Skip(at + size)] };
        }

        for (var day = 0; day < history.Days.Count; day++)
        {
            if (history.Days[day] != Work.Plain)
                yield return history with { Days = [.. history.Days.Take(day), Work.Plain, .. history.Days.Skip(day + 1)] };
        }

        for (var i = 0; i < history.Events.Count; i++)
        {
            if (history.Events[i] is { Way: not Way.OnTime } one)
                yield return history with { Events = [.. history.Events.Take(i), one with { Way = Way.OnTime }, .. history.Events.Skip(i + 1)] };
        }
    }
}

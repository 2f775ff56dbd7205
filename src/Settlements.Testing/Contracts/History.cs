using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Settlements.Testing;

/// <summary>How an event comes to the store, and what becomes of it.</summary>
public enum ArrivalRoute
{
    /// <summary>Loaded while its day is open.</summary>
    OnTime,

    /// <summary>The same, and loaded again later.</summary>
    Twice,

    /// <summary>Loaded after its day is closed.</summary>
    Late,

    /// <summary>Put in by SQL after its day is closed, and found by reconciling.</summary>
    ByHand,

    /// <summary>Loaded on time; after its day is closed its payee is changed by SQL, and reconciling moves the amount.</summary>
    Reowned,

    /// <summary>Loaded on time; after its day is closed it is deleted by SQL, and reconciling takes it back.</summary>
    Deleted,
}

/// <summary>An event, how it comes, and how many days after its own that happens.</summary>
public sealed record Arrival(int Day, ArrivalRoute Way, int Delay, string Item, string Payee, string Meter, int Quantity, long Microsecond)
{
    /// <summary>Whether it is loaded while its day is open.</summary>
    public bool IsOnTime => Way is not (ArrivalRoute.Late or ArrivalRoute.ByHand);

    /// <summary>The day on which it comes late, is loaded again, changed or deleted.</summary>
    public int Later => Math.Min(Day + Delay, History.DaysCount - 1);

    /// <summary>The event.</summary>
    public UsageEvent ToEvent(DateOnly first, int id) => Scenario.Event(id, first.AddDays(Day), Quantity, Item, Payee, Meter) with
    {
        OccurredAt = Scenario.Instant(first.AddDays(Day), 0).AddMicroseconds(Microsecond),
    };
}

/// <summary>How a day is worked on: in which pieces, by how many, and what goes wrong.</summary>
public sealed record WorkPlan(int ChunkRows, int Workers, int Partials, int Hosts, int StopAfter, long FaultAt, FaultKind Kind, FaultSide Side)
{
    /// <summary>Nothing goes wrong, and nothing is cut.</summary>
    public static WorkPlan Plain { get; } = new(100, 1, 100, 1, 0, 0, FaultKind.Exception, FaultSide.Before);
}

/// <summary>Events over six days, how each of seven days is worked on, the first day, and the rates.</summary>
public sealed record History(IReadOnlyList<Arrival> Events, IReadOnlyList<WorkPlan> Days, DateOnly First, NaiveRates Rates)
{
    /// <summary>How many days are closed.</summary>
    public const int DaysCount = 7;

    private static readonly DateOnly Start = new(2023, 1, 1);

    /// <summary>Few units a tier, so that small histories cross the edges.</summary>
    private static readonly (long? UpTo, decimal Price)[][] Tables =
    [
        [(10, 1m), (25, 1.1m), (40, 1.3m), (null, 1.5m)], [(20, 2m), (null, 0.7m)], [(3, 10.25m), (null, 12.5m)], [(10, 0m), (null, 0.3m)],
    ];

    /// <summary>Random histories, with smaller ones for each.</summary>
    public static Arbitrary<History> Arbitrary()
    {
        // Few items and payees, around the tiers' edges, with corrections.
        var arrival =
            from day in Gen.Choose(0, DaysCount - 2)
            from way in Gen.Frequency(
                (6, Gen.Constant(ArrivalRoute.OnTime)), (1, Gen.Constant(ArrivalRoute.Twice)), (3, Gen.Constant(ArrivalRoute.Late)), (1, Gen.Constant(ArrivalRoute.ByHand)),
                (1, Gen.Constant(ArrivalRoute.Reowned)), (1, Gen.Constant(ArrivalRoute.Deleted)))
            from delay in Gen.Choose(1, 4)
            from item in Gen.Elements("a", "A", "b", "ｂ", "\U0001F600")
            from payee in Gen.Frequency((5, Gen.Constant("p")), (2, Gen.Constant("P")), (2, Gen.Constant("q")))
            from meter in Gen.Frequency((3, Gen.Constant("video.view")), (1, Gen.Elements("ad.view", "video.seconds")))
            from quantity in Gen.OneOf(Gen.Choose(1, 5), Gen.Choose(-4, -1), Gen.Choose(1, 40))
            from microsecond in Gen.OneOf(Gen.Constant(0L), Gen.Constant(86_399_999_999L), Gen.Choose(0, 86_399).Select(s => s * 1_000_000L + 999_999))
            select new Arrival(day, way, delay, item, payee, meter, quantity, microsecond);
        var work =
            from chunkRows in Gen.Choose(1, 12)
            from workers in Gen.Choose(1, 4)
            from partials in Gen.Choose(1, 6)
            from hosts in Gen.Frequency((14, Gen.Constant(1)), (1, Gen.Choose(2, 3)))
            from stopAfter in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, 6)))
            from faultAt in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(1, 250)))
            from kind in Gen.Elements(Enum.GetValues<FaultKind>())
            from side in Gen.Elements(Enum.GetValues<FaultSide>())
            select new WorkPlan(chunkRows, workers, partials, hosts, stopAfter, faultAt, kind, side);
        var history =
            from events in Gen.ListOf(arrival)
            from days in Gen.ListOf(work, DaysCount)

                // A Monday; a week and a month that change within; and a year besides.
            from first in Gen.Elements(new DateOnly(2024, 7, 1), new DateOnly(2024, 6, 28), new DateOnly(2023, 12, 29))
            from rates in AnyRates(first)
            select new History([.. events], [.. days], first, rates);
        return Arb.From(history, Smaller);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"from {First:O}\n{Rates}\n{string.Join('\n', Days)}\n{string.Join('\n', Events)}");

    private static Gen<NaiveRates> AnyRates(DateOnly first)
    {
        Gen<NaiveVersion> Version(string meter, string scope, string name, DateOnly firstDay, Currency currency) =>
            from mode in Gen.Elements(Enum.GetValues<RateMode>())
            from over in Gen.Frequency((2, Gen.Constant(CounterPeriod.Lifetime)), (3, Gen.Elements(Enum.GetValues<CounterPeriod>())))
            from table in Gen.Elements(Tables)
            from package in Gen.Choose(1, 7)
            let tiers = mode is RateMode.Flat or RateMode.Package ? table[^1..] : table
            select new NaiveVersion(meter, scope, name, firstDay, mode, over, tiers, package, currency);

        return
            from v1 in Version("video.view", "", "v1", Start, Currency.KRW)
            from change in Gen.Choose(1, DaysCount)
            from v2 in Version("video.view", "", "v2", first.AddDays(change), Currency.KRW)
            from payeeFrom in Gen.Elements(Start, first.AddDays(3))
            from payee in Version("video.view", "payee:q", "vip", payeeFrom, Currency.KRW)
            from item in Version("video.view", "item:b", "hit", first.AddDays(2), Currency.KRW)
            from ad in Version("ad.view", "", "a1", Start, Currency.USD)
            from has in Gen.Choose(0, 3)
            from cumulative in Gen.Elements<string[]>([], ["video.view"], ["ad.view"], ["ad.view", "video.view"])
            select new NaiveRates([.. new[] { v1, v2, ad, payee, item }.Where(v => (v != payee || has % 2 == 1) && (v != item || has > 1))], cumulative);
    }

    /// <summary>With fewer events, then with less that goes wrong, then with simpler rates.</summary>
    private static IEnumerable<History> Smaller(History history)
    {
        for (var size = history.Events.Count / 2; size > 0; size /= 2)
        {
            for (var at = 0; at < history.Events.Count; at += size)
                yield return history with { Events = [.. history.Events.Take(at), .. history.Events.Skip(at + size)] };
        }

        for (var day = 0; day < history.Days.Count; day++)
        {
            if (history.Days[day] != WorkPlan.Plain)
                yield return history with { Days = [.. history.Days.Take(day), WorkPlan.Plain, .. history.Days.Skip(day + 1)] };
        }

        for (var i = 0; i < history.Events.Count; i++)
        {
            if (history.Events[i] is { Way: not ArrivalRoute.OnTime } one)
                yield return history with { Events = [.. history.Events.Take(i), one with { Way = ArrivalRoute.OnTime }, .. history.Events.Skip(i + 1)] };
        }

        foreach (var version in history.Rates.Versions.Where(v => v.Scope.Length > 0 || v.Name == "v2"))
            yield return history with { Rates = history.Rates with { Versions = [.. history.Rates.Versions.Where(v => v != version)] } };
        if (history.Rates.Cumulative.Count > 0)
            yield return history with { Rates = history.Rates with { Cumulative = [] } };
    }
}

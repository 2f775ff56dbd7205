using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Settlements.Testing;

/// <summary>How an event of a random history reaches the store, and how it is changed later.</summary>
public enum HistoryEventKind
{
    /// <summary>Loaded while its day is open.</summary>
    OnTime,

    /// <summary>Loaded while its day is open, and loaded again later.</summary>
    LoadedTwice,

    /// <summary>Loaded after its day is closed.</summary>
    Late,

    /// <summary>Inserted by SQL after its day is closed, and found by reconciliation.</summary>
    InsertedBySql,

    /// <summary>Loaded on time; its payee is changed by SQL after its day is closed, and reconciliation moves the amount.</summary>
    PayeeChanged,

    /// <summary>Loaded on time; deleted by SQL after its day is closed, and reconciliation reverts it.</summary>
    Deleted,
}

/// <summary>An event of a random history.</summary>
/// <param name="Day">The index of its day.</param>
/// <param name="Kind">How it reaches the store.</param>
/// <param name="DelayDays">Days after its own on which it arrives late, is loaded again, changed or deleted.</param>
/// <param name="Item">The item.</param>
/// <param name="Payee">The payee.</param>
/// <param name="Meter">The meter.</param>
/// <param name="Quantity">The quantity.</param>
/// <param name="Microsecond">The microsecond within its day.</param>
public sealed record HistoryEvent(
    int Day, HistoryEventKind Kind, int DelayDays, string Item, string Payee, string Meter, int Quantity, long Microsecond)
{
    /// <summary>Whether the event is loaded while its day is open.</summary>
    public bool IsOnTime => Kind is not (HistoryEventKind.Late or HistoryEventKind.InsertedBySql);

    /// <summary>The index of the day on which it arrives late, is loaded again, changed or deleted.</summary>
    public int LaterDay => Math.Min(Day + DelayDays, UsageHistory.DaysCount - 1);

    /// <summary>Creates the event.</summary>
    public UsageEvent ToEvent(DateOnly first, int id) => Scenario.Event(id, first.AddDays(Day), Quantity, Item, Payee, Meter) with
    {
        OccurredAt = Scenario.Instant(first.AddDays(Day), 0).AddMicroseconds(Microsecond),
    };

    internal static string OtherPayee(UsageEvent one) => one.PayeeId == "q" ? "p" : "q";

    /// <summary>Makes the change by SQL that the event's kind names; none for other kinds.</summary>
    internal Task ChangeAsync(StoreUnderTest store, UsageEvent one) => Kind switch
    {
        HistoryEventKind.InsertedBySql => store.ExecuteAsync(
            "INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity) VALUES "
            + $"({store.Literal(one.OccurredAt)}, X'{one.EventId:N}', '{one.Meter}', "
            + $"'{one.ItemId}', '{one.PayeeId}', {one.Quantity})"),
        HistoryEventKind.PayeeChanged => store.ExecuteAsync(
            $"UPDATE usage_events SET payee_id = '{OtherPayee(one)}' WHERE event_id = X'{one.EventId:N}'"),
        HistoryEventKind.Deleted => store.ExecuteAsync($"DELETE FROM usage_events WHERE event_id = X'{one.EventId:N}'"),
        _ => Task.CompletedTask,
    };
}

/// <summary>How a day of a random history is closed: chunk sizes, parallelism, cancellation and an injected fault.</summary>
/// <param name="ChunkRows">Maximum number of rows of a chunk.</param>
/// <param name="Workers">Number of workers of an instance.</param>
/// <param name="Partials">Number of partial sums of an item range.</param>
/// <param name="Instances">Number of instances that close the day concurrently.</param>
/// <param name="CancelAfter">Number of progress reports after which a first close is cancelled; 0 for none.</param>
/// <param name="FaultAt">The statement that fails, from 1; 0 for none.</param>
/// <param name="Kind">The kind of fault.</param>
/// <param name="Side">Whether the fault is injected before or after the statement.</param>
public sealed record DayPlan(
    int ChunkRows, int Workers, int Partials, int Instances, int CancelAfter, long FaultAt, FaultKind Kind, FaultSide Side)
{
    /// <summary>One instance, one worker, large chunks, no fault.</summary>
    public static DayPlan Plain { get; } = new(100, 1, 100, 1, 0, 0, FaultKind.Exception, FaultSide.Before);
}

/// <summary>A random history for <see cref="HistoryContract"/>.</summary>
/// <param name="Events">Events of the first six days.</param>
/// <param name="Days">How each of the seven days is closed.</param>
/// <param name="First">The first day.</param>
/// <param name="Rates">The rates.</param>
public sealed record UsageHistory(IReadOnlyList<HistoryEvent> Events, IReadOnlyList<DayPlan> Days, DateOnly First, NaiveRates Rates)
{
    /// <summary>Number of closed days.</summary>
    public const int DaysCount = 7;

    private static readonly DateOnly Start = new(2023, 1, 1);

    /// <summary>Tiers of few units, so that small histories cross their edges.</summary>
    private static readonly (long? UpTo, decimal Price)[][] Tables =
    [
        [(10, 1m), (25, 1.1m), (40, 1.3m), (null, 1.5m)], [(20, 2m), (null, 0.7m)], [(3, 10.25m), (null, 12.5m)], [(10, 0m), (null, 0.3m)],
    ];

    /// <summary>Returns a generator of random histories that can shrink them.</summary>
    public static Arbitrary<UsageHistory> Arbitrary()
    {
        // Few items and payees, quantities near the tiers' edges, corrections.
        var arrival =
            from day in Gen.Choose(0, DaysCount - 2)
            from kind in Gen.Frequency(
                (6, Gen.Constant(HistoryEventKind.OnTime)), (1, Gen.Constant(HistoryEventKind.LoadedTwice)), (
                    3, Gen.Constant(HistoryEventKind.Late)),
                (1, Gen.Constant(HistoryEventKind.InsertedBySql)),
                (1, Gen.Constant(HistoryEventKind.PayeeChanged)), (1, Gen.Constant(HistoryEventKind.Deleted)))
            from delay in Gen.Choose(1, 4)
            from item in Gen.Elements("a", "A", "b", "ｂ", "\U0001F600")
            from payee in Gen.Frequency((5, Gen.Constant("p")), (2, Gen.Constant("P")), (2, Gen.Constant("q")))
            from meter in Gen.Frequency((3, Gen.Constant("video.view")), (1, Gen.Elements("ad.view", "video.seconds")))
            from quantity in Gen.OneOf(Gen.Choose(1, 5), Gen.Choose(-4, -1), Gen.Choose(1, 40))
            from microsecond in Gen.OneOf(
                Gen.Constant(0L), Gen.Constant(86_399_999_999L), Gen.Choose(0, 86_399).Select(s => s * 1_000_000L + 999_999))
            select new HistoryEvent(day, kind, delay, item, payee, meter, quantity, microsecond);
        var work =
            from chunkRows in Gen.Choose(1, 12)
            from workers in Gen.Choose(1, 4)
            from partials in Gen.Choose(1, 6)
            from instances in Gen.Frequency((14, Gen.Constant(1)), (1, Gen.Choose(2, 3)))
            from cancelAfter in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, 6)))
            from faultAt in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(1, 250)))
            from kind in Gen.Elements(Enum.GetValues<FaultKind>())
            from side in Gen.Elements(Enum.GetValues<FaultSide>())
            select new DayPlan(chunkRows, workers, partials, instances, cancelAfter, faultAt, kind, side);
        var history =
            from events in Gen.ListOf(arrival)
            from days in Gen.ListOf(work, DaysCount)

                // A Monday, and first days after which a week, a month or a year ends.
            from first in Gen.Elements(new DateOnly(2024, 7, 1), new DateOnly(2024, 6, 28), new DateOnly(2023, 12, 29))
            from rates in AnyRates(first)
            select new UsageHistory([.. events], [.. days], first, rates);
        return Arb.From(history, Smaller);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"from {First:O}\n{Rates}\n{string.Join('\n', Days)}\n{string.Join('\n', Events)}");

    /// <summary>Returns a generator of rates that price every usage date of a history.</summary>
    public static Gen<NaiveRates> AnyRates(DateOnly first)
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
            select new NaiveRates(
                [.. new[] { v1, v2, ad, payee, item }.Where(v => (v != payee || has % 2 == 1) && (v != item || has > 1))], cumulative);
    }

    /// <summary>Shrinks a history: fewer events, then plainer days and routes, then simpler rates.</summary>
    private static IEnumerable<UsageHistory> Smaller(UsageHistory history)
    {
        for (var size = history.Events.Count / 2; size > 0; size /= 2)
        {
            for (var at = 0; at < history.Events.Count; at += size)
                yield return history with { Events = [.. history.Events.Take(at), .. history.Events.Skip(at + size)] };
        }

        for (var day = 0; day < history.Days.Count; day++)
        {
            if (history.Days[day] != DayPlan.Plain)
                yield return history with { Days = [.. history.Days.Take(day), DayPlan.Plain, .. history.Days.Skip(day + 1)] };
        }

        for (var i = 0; i < history.Events.Count; i++)
        {
            if (history.Events[i] is { Kind: not HistoryEventKind.OnTime } one)
            {
                var onTime = one with { Kind = HistoryEventKind.OnTime };
                yield return history with { Events = [.. history.Events.Take(i), onTime, .. history.Events.Skip(i + 1)] };
            }
        }

        foreach (var version in history.Rates.Versions.Where(v => v.Scope.Length > 0 || v.Name == "v2"))
            yield return history with { Rates = history.Rates with { Versions = [.. history.Rates.Versions.Where(v => v != version)] } };
        if (history.Rates.Cumulative.Count > 0)
            yield return history with { Rates = history.Rates with { Cumulative = [] } };
    }
}

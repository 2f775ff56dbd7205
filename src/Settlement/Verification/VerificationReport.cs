using System.Globalization;
using Settlement.Sums;
using Settlement.Lines;

namespace Settlement.Verification;

/// <summary>What verifying came to.</summary>
/// <param name="Days">Published days that were computed again.</param>
/// <param name="Lines">Lines that were compared.</param>
/// <param name="DifferencesCount">Everything that differs.</param>
/// <param name="Differences">The first <see cref="DifferencesMax"/> of them, in the order of the lines.</param>
public sealed record VerificationReport(int Days, long Lines, long DifferencesCount, IReadOnlyList<Difference> Differences)
{
    /// <summary>The most differences that a report lists: 1,000.</summary>
    public const int DifferencesMax = 1_000;

    /// <summary>Whether what was published is what the events come to.</summary>
    public bool IsClean => DifferencesCount == 0;

    internal sealed class Builder
    {
        private readonly List<Difference> _differences = [];
        private long _count;
        private long _lines;

        public int Days { get; set; }

        public void Compare(IReadOnlyList<DailyTotal> published, IReadOnlyList<DailyTotal> computed) => Merge(
            published, computed, t => new Place(t.Day, t.Meter, t.ItemId, t.PayeeId),
            (place, a, b) =>
            {
                Note(place, "total quantity", a?.Quantity, b?.Quantity);
                if (a is not { Events: 0 })
                    Note(place, "events", a?.Events, b?.Events);
                Note(place, "late quantity", LateText(a), LateText(b));
            });

        public void Compare(IReadOnlyList<PricedLine> published, IReadOnlyList<PricedLine> computed)
        {
            _lines += Math.Max(published.Count, computed.Count);
            Merge(
                published, computed, l => new Place(l.Day, l.Meter, l.ItemId, l.PayeeId),
                (place, a, b) =>
                {
                    Note(place, "quantity", a?.Quantity, b?.Quantity);
                    Note(place, "cumulative_before", a?.CumulativeBefore, b?.CumulativeBefore);
                    Note(place, "cumulative_after", a?.CumulativeAfter, b?.CumulativeAfter);
                    Note(place, "rate_version", RateText(a), RateText(b));
                    Note(place, "exact_amount", a?.ExactAmount, b?.ExactAmount);
                    Note(place, "amount", a?.Amount, b?.Amount);
                    Note(place, "currency", a?.Currency.Code, b?.Currency.Code);
                });
        }

        public VerificationReport Build() => new(Days, _lines, _count, _differences);

        private static string? LateText(DailyTotal? total) =>
            total is null ? null : string.Join(' ', total.Late.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.OwnDay:O}:{l.Quantity}")));

        private static string? RateText(PricedLine? line) => line is null ? null : $"{line.RateScope} {line.RateVersion}".TrimStart();

        private static void Merge<T>(IReadOnlyList<T> published, IReadOnlyList<T> computed, Func<T, Place> place, Action<Place, T?, T?> compare)
            where T : class
        {
            for (int i = 0, j = 0; i < published.Count || j < computed.Count;)
            {
                var order = i == published.Count ? 1 : j == computed.Count ? -1 : place(published[i]).CompareTo(place(computed[j]));
                var a = order <= 0 ? published[i++] : null;
                var b = order >= 0 ? computed[j++] : null;
                compare(place((a ?? b)!), a, b);
            }
        }

        private void Note<TValue>(Place place, string what, TValue published, TValue computed)
        {
            if (EqualityComparer<TValue>.Default.Equals(published, computed) || _count++ >= DifferencesMax)
                return;
            _differences.Add(new Difference(
                place.Day, place.Meter, place.ItemId, place.PayeeId, what, Text(published), Text(computed)));
        }

        private static string? Text<TValue>(TValue value) => value is null ? null : string.Create(CultureInfo.InvariantCulture, $"{value}");
    }

    private readonly record struct Place(DateOnly Day, string Meter, string ItemId, string PayeeId) : IComparable<Place>
    {
        public int CompareTo(Place other)
        {
            var order = Day.CompareTo(other.Day);
            if (order == 0)
                order = Utf8Order.Instance.Compare(Meter, other.Meter);
            if (order == 0)
                order = Utf8Order.Instance.Compare(ItemId, other.ItemId);
            return order == 0 ? Utf8Order.Instance.Compare(PayeeId, other.PayeeId) : order;
        }
    }
}

/// <summary>One thing that differs.</summary>
/// <param name="Day">The business day.</param>
/// <param name="Meter">The meter.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="What">What differs, by the name of its column.</param>
/// <param name="Published">What was published; null when nothing was.</param>
/// <param name="Computed">What the events come to now; null when they come to nothing.</param>
public sealed record Difference(
    DateOnly Day, string Meter, string ItemId, string PayeeId, string What, string? Published, string? Computed);

/// <summary>How far a verification is.</summary>
/// <param name="Day">The day that was just done.</param>
/// <param name="DayNumber">Its place, from 1.</param>
/// <param name="Days">How many days are read.</param>
public readonly record struct VerificationProgress(DateOnly Day, int DayNumber, int Days);

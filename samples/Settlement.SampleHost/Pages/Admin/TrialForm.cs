using System.Globalization;
using System.Text.RegularExpressions;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Languages;
using Settlements;

namespace Settlement.SampleHost.Pages.Admin;

/// <summary>A tier of a trial, as entered.</summary>
/// <param name="UpTo">The last unit of the tier, included, with or without thousands separators; ignored for the last tier.</param>
/// <param name="Price">The price of a unit in KRW.</param>
internal sealed record TrialTier(string UpTo, string Price);

/// <summary>
/// The rate table of a trial, as entered: its pricing model, its counter period, and its tiers with buttons to add and remove one.
/// Immutable.
/// </summary>
internal sealed partial class TrialForm
{
    public const int TiersMax = 12;
    public const string Calculate = "calculate";
    public const string Add = "add";
    public const string Remove = "remove-";

    private TrialForm(IReadOnlyList<TrialTier> tiers, RateMode mode, CounterPeriod over) => (Tiers, Mode, Over) = (tiers, mode, over);

    /// <summary>The pricing models whose prices are tiers.</summary>
    public static IReadOnlyList<RateMode> Modes { get; } = [RateMode.Graduated, RateMode.Volume];

    public RateMode Mode { get; }

    /// <summary>The period over which units are counted.</summary>
    public CounterPeriod Over { get; }

    public IReadOnlyList<TrialTier> Tiers { get; }

    /// <summary>The table to calculate with; null if nothing was requested, or the input is invalid.</summary>
    public RateTable? Table { get; private init; }

    /// <summary>The errors of the fields <c>upTo-1</c>, <c>price-1</c> and so on; null if there are none.</summary>
    public PlatformException? Problem { get; private init; }

    /// <summary>Reads the tiers and executes the pressed button.</summary>
    /// <param name="current">The rates in force, with which a trial starts.</param>
    /// <param name="mode">The name of the pricing model; null or empty for that of the rates in force.</param>
    /// <param name="over">The name of the counter period; null or empty for that of the rates in force.</param>
    /// <param name="upTo">The entered last units.</param>
    /// <param name="prices">The entered prices; null or empty before the first input.</param>
    /// <param name="action">The pressed button; null if there is none.</param>
    public static TrialForm Read(RateTable current, string? mode, string? over, string[]? upTo, string[]? prices, string? action)
    {
        List<TrialTier> tiers = prices is null or []
            ? [.. current.Tiers.Select(t => new TrialTier(t.UpTo is { } last ? DisplayFormat.Number(last) : "", Price(t.Price)))]
            : [.. prices.Take(TiersMax).Select((price, i) => new TrialTier(Separated(upTo?.ElementAtOrDefault(i) ?? ""), price))];
        if (action == Add && tiers.Count < TiersMax)
            tiers.Insert(tiers.Count - 1, Next(tiers));
        else if (action?.StartsWith(Remove, StringComparison.Ordinal) == true && tiers.Count > 1
            && int.TryParse(action.AsSpan(Remove.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < tiers.Count)
            tiers.RemoveAt(index);
        var model = Choice(mode, "model", Modes, current.Mode == RateMode.Volume ? RateMode.Volume : RateMode.Graduated);
        var form = new TrialForm(tiers, model, Choice(over, "over", Enum.GetValues<CounterPeriod>(), current.CounterPeriod));
        return action == Calculate ? form.Calculated() : form;
    }

    private TrialForm Calculated()
    {
        var errors = new FieldErrors();
        RateTier[] valid = [.. Validate([.. Tiers], errors)];
        if (!errors.IsEmpty)
            return new TrialForm(Tiers, Mode, Over) { Problem = errors.ToException() };
        try
        {
            var table = Mode switch
            {
                RateMode.Volume => RateTable.Volume(valid),
                RateMode.Graduated => RateTable.Graduated(valid),
                _ => throw new NotSupportedException($"The pricing model {Mode} is not in the form."),
            };
            return new TrialForm(Tiers, Mode, Over) { Table = table.Over(Over) };
        }
        catch (RateTableException e)
        {
            return new TrialForm(Tiers, Mode, Over) { Problem = PlatformException.BadRequest(string.Join(' ', e.Errors)) };
        }
    }

    private static T Choice<T>(string? name, string field, IReadOnlyList<T> values, T current)
        where T : struct, Enum
    {
        if (string.IsNullOrEmpty(name))
            return current;
        var found = values.Where(v => v.ToString() == name).ToList();
        return found.Count == 1 ? found[0] : throw PlatformException.BadRequest($"{field} is '{name}'. Use {string.Join(", ", values)}.");
    }

    private static List<RateTier> Validate(List<TrialTier> tiers, FieldErrors errors)
    {
        var valid = new List<RateTier>(tiers.Count);
        var before = 0L;
        foreach (var (index, tier) in tiers.Index())
        {
            long? last = null;
            if (index < tiers.Count - 1)
            {
                if (Last(tier.UpTo) is { } given && given > before)
                    last = before = given;
                else
                    errors.Add($"upTo-{index + 1}", $"Tier {index + 1} ends at '{tier.UpTo}'. Use a whole number above {before:N0}.");
            }

            if (!decimal.TryParse(tier.Price.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price))
                errors.Add($"price-{index + 1}", $"The price of tier {index + 1} is '{tier.Price}'. Use an "
                    + $"amount of at least 0, such as 1.5.");
            valid.Add(new RateTier(last, price));
        }

        return valid;
    }

    /// <summary>Returns a new tier before the last one: up to twice the previous one's last unit, at the last one's price.</summary>
    private static TrialTier Next(List<TrialTier> tiers) => new(
        tiers.Count > 1 && Last(tiers[^2].UpTo) is { } last && last <= long.MaxValue / 2 ? DisplayFormat.Number(last * 2) : "",
        tiers[^1].Price);

    /// <summary>Returns an entered last unit with thousands separators; unchanged if it is no whole number.</summary>
    private static string Separated(string upTo) => Last(upTo) is { } last ? DisplayFormat.Number(last) : upTo;

    /// <summary>Reads a last unit, 10000 or 10,000; null if it is no whole number, or if it is separated elsewhere.</summary>
    private static long? Last(string upTo) => upTo.Trim() is var text && WholeNumber().IsMatch(text)
        && long.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var last) ? last : null;

    private static string Price(decimal price) => price.ToString("0.############################", CultureInfo.InvariantCulture);

    [GeneratedRegex("^(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)$")]
    private static partial Regex WholeNumber();
}

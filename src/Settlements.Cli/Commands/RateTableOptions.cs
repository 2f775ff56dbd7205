using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Settlements.Cli;

/// <summary>The options of a rate table: model, prices, currency and counter period.</summary>
internal sealed class RateTableOptions
{
    private const NumberStyles PriceStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    private readonly Option<string> _model = new("--model")
    {
        Description = "Default: flat with --price, package with --units-per-package, graduated with --tier.",
    };

    private readonly Option<decimal?> _price = new("--price")
    {
        Description = "The price of a unit; of a package with --units-per-package.", HelpName = "PRICE",
        CustomParser = result => ParsePrice(result),
    };

    private readonly Option<RateTier[]> _tiers = new("--tier")
    {
        Description = "A tier: its last unit, included, and the price of a unit; only the price for the last tier. Repeat it, in order: "
            + "--tier 99999=1 --tier 499999=1.1 --tier 1.3",
        HelpName = "[LAST=]PRICE",
        CustomParser = result => [.. result.Tokens.Select(token => ParseTier(result, token.Value))],
    };

    private readonly Option<long?> _units = new("--units-per-package")
    {
        Description = "The units of a package, each of which is paid when it is complete.", HelpName = "N",
    };

    private readonly Option<string> _period = new("--counter-period")
    {
        Description = "The period over which the units of tiers and packages are counted. Default: lifetime.",
    };

    private readonly Option<string> _currency = CommandOptions.Text("--currency", "The currency of the prices, for example KRW.", "CODE");

    private readonly Option<int?> _digits = new("--minor-unit-digits")
    {
        Description = "The decimals of a currency that is not built in.", HelpName = "N",
    };

    public RateTableOptions()
    {
        _model.AcceptOnlyFromAmong([.. Enum.GetValues<RateMode>().Select(m => m.ToString().ToLowerInvariant())]);
        _period.AcceptOnlyFromAmong([.. Enum.GetValues<CounterPeriod>().Select(p => p.ToString().ToLowerInvariant())]);
    }

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_model, _price, _tiers, _units, _period, _currency, _digits])
            command.Add(option);
    }

    public Currency Currency(ParseResult parsed)
    {
        var (code, digits) = (parsed.GetValue(_currency)!, parsed.GetValue(_digits));
        try
        {
            return digits is null ? Settlements.Currency.FromCode(code) : new Currency(code, digits.Value);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new UsageException($"--minor-unit-digits is {digits}. Use 0 to {Settlements.Currency.MinorUnitDigitsMax}.");
        }
        catch (ArgumentException)
        {
            throw new UsageException(
                $"--currency {Text.Id(code)}{(digits is null ? "" : $" --minor-unit-digits {digits}")} is not a built-in currency. Write "
                + "the code of a built-in one without --minor-unit-digits, for example --currency KRW; or three capital letters with the "
                + "number of decimals, for example --currency SEK --minor-unit-digits 2.");
        }
    }

    public RateTable Table(ParseResult parsed)
    {
        var (tiers, price, units) = (parsed.GetValue(_tiers) ?? [], parsed.GetValue(_price), parsed.GetValue(_units));
        var model = parsed.GetValue(_model) is { } name ? Enum.Parse<RateMode>(name, ignoreCase: true)
            : tiers.Length > 0 ? RateMode.Graduated : units is null ? RateMode.Flat : RateMode.Package;
        var isTiered = model is RateMode.Graduated or RateMode.Volume;
        if (isTiered != tiers.Length > 0 || isTiered == price is not null || (model == RateMode.Package) != units is not null)
        {
            throw new UsageException(
                "The options of the rate table don't match. Use --price for flat, --price and --units-per-package for package, "
                + "--tier for graduated and volume.");
        }

        var table = model switch
        {
            RateMode.Graduated => RateTable.Graduated(tiers),
            RateMode.Volume => RateTable.Volume(tiers),
            RateMode.Package => RateTable.Package(units!.Value, price!.Value),
            _ => RateTable.Flat(price!.Value),
        };
        return parsed.GetValue(_period) is { } period ? table.Over(Enum.Parse<CounterPeriod>(period, ignoreCase: true)) : table;
    }

    private static RateTier ParseTier(ArgumentResult result, string text)
    {
        var parts = text.Split('=');
        var last = 0L;
        var isTier = parts.Length == 1
            || (parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out last));
        if (isTier && decimal.TryParse(parts[^1], PriceStyle, CultureInfo.InvariantCulture, out var price))
            return new RateTier(parts.Length == 2 ? last : null, price);
        result.AddError($"--tier '{text}' is not a tier. Write LAST=PRICE, for example 99999=1.1, or only the price for the last tier.");
        return default;
    }

    private static decimal? ParsePrice(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (decimal.TryParse(text, PriceStyle, CultureInfo.InvariantCulture, out var price))
            return price;
        result.AddError($"--price '{text}' is not a price. Write a number with a decimal point, for example 1.1.");
        return null;
    }
}

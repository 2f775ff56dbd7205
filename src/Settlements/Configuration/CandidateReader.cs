using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;

namespace Settlements;

/// <summary>Reads the complete rates of meters, to be tried.</summary>
internal static class CandidateReader
{
    /// <exception cref="SettlementFileException">The text is invalid. The exception lists all errors.</exception>
    public static IReadOnlyList<MeterRates> Parse(string json, string name)
    {
        var (content, errors) = (new FileContent(), new FileErrors(name));
        RatesPart.Read(json, name, errors, (meter, rates) => RatesReader.Read(meter, rates, content, errors));
        if (errors.All.Count > 0)
            throw new SettlementFileException(errors.All);
        var (builder, options) = (new SettlementBuilder(new ServiceCollection()), new SettlementOptions());
        foreach (var section in content.Sections)
            section.Apply(builder);
        builder.Apply(options);
        return options.Rates.Count > 0
            ? [.. options.Rates.Values.OrderBy(r => r.Meter, Utf8Order.Instance)]
            : throw RatesPart.NoRates(name);
    }
}

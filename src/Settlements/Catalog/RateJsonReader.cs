namespace Settlements;

/// <summary>
/// Reads rate versions to import from JSON. Unlike the rates of a settlement file, the versions need not be complete: those that exist may
/// be absent.
/// </summary>
internal static class RateJsonReader
{
    /// <param name="json">The text.</param>
    /// <param name="name">The name by which errors refer to the text.</param>
    /// <param name="errors">Receives all errors but those of the syntax.</param>
    /// <exception cref="SettlementFileException">The text is not valid JSON.</exception>
    public static List<ImportedRate> Read(string json, string name, FileErrors errors)
    {
        var rates = new List<ImportedRate>();
        RatesPart.Read(json, name, errors, (meter, value) => ReadMeter(meter, value, errors, rates));
        return rates;
    }

    private static void ReadMeter(string meter, FileValue value, FileErrors errors, List<ImportedRate> rates)
    {
        using var entry = value.Object("meterRates");
        if (entry is null)
            return;
        var rounding = entry.Find("rounding")?.Choice(("truncating", Rounding.Truncating), ("cumulative", Rounding.Cumulative));
        var (versions, overrides) = (entry.Find("versions"), entry.Find("overrides"));
        if (versions is null && overrides is null)
            entry.Require("versions", RatesReader.VersionsExample);
        ReadVersions(versions, scope: "");
        foreach (var item in overrides?.Items() ?? [])
        {
            using var owner = item.Object("rateOverride");
            var scope = owner is null ? null : RatesReader.ReadScope(owner);
            var ofOwner = owner?.Require("versions", RatesReader.VersionsExample);
            if (scope is not null)
                ReadVersions(ofOwner, scope);
        }

        void ReadVersions(FileValue? values, string scope)
        {
            foreach (var item in values?.Items() ?? [])
            {
                if (VersionReader.Read(item) is not { } version)
                    continue;
                var read = version.ToVersion(meter, scope, out var problems);
                foreach (var problem in problems)
                    errors.Add(item.Path, problem);
                if (read is not null)
                    rates.Add(new ImportedRate(item.Path, meter, read, rounding));
            }
        }
    }
}

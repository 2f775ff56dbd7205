using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Settlements;

/// <summary>Writes rate versions in the format of a settlement file.</summary>
internal static class RateJson
{
    public static string Write(Action<Utf8JsonWriter> write, bool isIndented = false)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions
        {
            Indented = isIndented, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    public static string Name(Enum value) => value.ToString().ToLowerInvariant();

    public static string Date(DateOnly date) => FormattableString.Invariant($"{date:O}");

    /// <summary>Writes the rates of meters, like the part <c>rates</c> of a settlement file.</summary>
    public static void WriteMeters(Utf8JsonWriter json, IEnumerable<MeterRates> meters)
    {
        json.WriteStartObject();
        foreach (var rates in meters)
        {
            json.WriteStartObject(rates.Meter);
            json.WriteString("rounding", Name(rates.Rounding));
            if (rates.Versions.Count > 0)
                WriteVersions(json, rates.Versions);
            var overrides = rates.All().Where(version => version.Scope.Length > 0).GroupBy(version => version.Scope).ToList();
            if (overrides.Count > 0)
            {
                json.WriteStartArray("overrides");
                foreach (var one in overrides)
                {
                    json.WriteStartObject();
                    if (RateScope.PayeeOf(one.Key) is { } payee)
                        json.WriteString("payee", payee);
                    else
                        json.WriteString("item", RateScope.ItemOf(one.Key));
                    WriteVersions(json, one);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteVersions(Utf8JsonWriter json, IEnumerable<RateVersion> versions)
    {
        json.WriteStartArray("versions");
        foreach (var version in versions)
            WriteVersion(json, version);
        json.WriteEndArray();
    }

    public static void WriteVersion(Utf8JsonWriter json, RateVersion version)
    {
        json.WriteStartObject();
        json.WriteString("version", version.Version);
        json.WriteString("from", Date(version.FirstDay));
        if (version.LastDay is { } last)
            json.WriteString("until", Date(last));
        WriteCurrency(json, version.Currency);
        json.WriteString("model", Name(version.Table.Mode));
        if (version.Table.CounterPeriod != CounterPeriod.Lifetime)
            json.WriteString("counterPeriod", Name(version.Table.CounterPeriod));
        if (version.Supersedes is { } superseded)
            json.WriteString("supersedes", superseded);
        if (version.Table.Mode is RateMode.Graduated or RateMode.Volume)
        {
            json.WriteStartArray("tiers");
            foreach (var tier in version.Table.Tiers)
            {
                json.WriteStartObject();
                if (tier.UpTo is { } upTo)
                    json.WriteNumber("upTo", upTo);
                json.WriteNumber("price", tier.Price);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteNumber("price", version.Table.Tiers[0].Price);
            if (version.Table.Mode == RateMode.Package)
                json.WriteNumber("unitsPerPackage", version.Table.UnitsPerPackage);
        }

        json.WriteEndObject();
    }

    private static void WriteCurrency(Utf8JsonWriter json, Currency currency)
    {
        if (currency.IsBuiltIn)
        {
            json.WriteString("currency", currency.Code);
            return;
        }

        json.WriteStartObject("currency");
        json.WriteString("code", currency.Code);
        json.WriteNumber("minorUnitDigits", currency.MinorUnitDigits);
        json.WriteEndObject();
    }
}

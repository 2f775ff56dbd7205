using System.Globalization;
using System.Text;

namespace Settlements.Architecture.Tests;

/// <summary>
/// Tests that packages never format or parse by the current culture: instances under <c>en-US</c> and <c>de-DE</c> share one settlement, so
/// signs, dates and decimal separators have to be invariant.
/// </summary>
public sealed class CultureTests
{
    [Theory]
    [MemberData(nameof(Shipped.Names), MemberType = typeof(Shipped))]
    public void Numbers_and_dates_are_never_formatted_by_the_current_culture(string assembly)
    {
        using var module = Shipped.Module(assembly);
        var uses = new CultureUses();

        string.Join('\n', module.OwnTypes().Where(IsShippedForUse).SelectMany(uses.Of).Distinct()).Should().BeEmpty(
            "use string.Create(CultureInfo.InvariantCulture, …), FormattableString.Invariant or ToString(CultureInfo.InvariantCulture)");
    }

    // Contracts are tests: their texts are only compared within the process, or name a row.
    private static bool IsShippedForUse(Mono.Cecil.TypeDefinition type) => SourceFolders.Find(type)?.Folder != "Contracts";

    [Fact]
    public void Violations_are_found()
    {
        using var module = Shipped.Module("Settlements.Architecture.Tests");
        var uses = new CultureUses();
        var bad = module.GetTypes().Single(type => type.FullName.EndsWith("CultureTests/Sensitive", StringComparison.Ordinal));
        var good = module.GetTypes().Single(type => type.FullName.EndsWith("CultureTests/Indifferent", StringComparison.Ordinal));

        uses.Of(bad).Select(use => use[(use.IndexOf("/Sensitive.", StringComparison.Ordinal) + 11)..]).Should().BeEquivalentTo(
            "Interpolated: interpolates System.DateOnly", "Number: interpolates System.Int64", "Called: calls System.Decimal.ToString",
            "Formatted: calls string.Format", "Concatenated: calls System.Int64.ToString",
            "Built: calls StringBuilder.Append(System.Int32)",
            "OfARecord: interpolates Settlements.Architecture.Tests.CultureTests/Amount",
            "OfANestedRecord: calls Settlements.Architecture.Tests.CultureTests/Outer.ToString", "Parsed: calls System.Int32.Parse",
            "Appended: interpolates System.Int32", "Maybe: interpolates System.Nullable`1<System.DateOnly>", "Joined: joins System.Int64");
        uses.Of(good).Should().BeEmpty();
    }

    private sealed record Amount(decimal Value);

    private sealed record Outer(string Name, Amount Amount);

    private sealed record Plain(string Name, DayOfWeek Day);

#pragma warning disable CA1305 // the analyser finds calls; this test also finds interpolation and records
    private static class Sensitive
    {
        public static string Interpolated(DateOnly day) => $"{day}";

        public static string Number(long number) => $"{number} units";

        public static string Called(decimal amount) => amount.ToString();

        public static string Formatted(string name) => string.Format("{0}", name);

        public static string Concatenated(long number) => "n" + number;

        public static StringBuilder Built(StringBuilder text, int number) => text.Append(number);

        public static string OfARecord(Amount amount) => $"{amount}";

        public static string OfANestedRecord(Outer outer) => outer.ToString();

        public static int Parsed(string text) => int.Parse(text);

        public static StringBuilder Appended(StringBuilder text, int number) => text.Append($"{number}");

        public static string Maybe(DateOnly? day) => $"{day}";

        public static string Joined(IEnumerable<long> numbers) => string.Join(',', numbers);
    }
#pragma warning restore CA1305

    private static class Indifferent
    {
        public static string Created(DateOnly day, long number, Amount amount) =>
            string.Create(CultureInfo.InvariantCulture, $"{day} {number} {amount.Value}");

        public static string Invariant(DateOnly day) => FormattableString.Invariant($"{day}");

        public static string RoundTrip(DateOnly day, int number) => $"{day:O} {number:X4}";

        public static string Texts(string name, Plain plain, DayOfWeek day, TimeSpan span, uint count) =>
            $"{name} {plain} {day} {span} {count}";

        public static int Parsed(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }
}

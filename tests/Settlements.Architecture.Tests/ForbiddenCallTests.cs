using System.Diagnostics;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Settlements.Architecture.Tests;

public sealed class ForbiddenCallTests
{
    // The clock is TimeProvider, and time zones are explicit.
    private static readonly HashSet<string> HiddenClockMembers = new(StringComparer.Ordinal)
    {
        "System.DateTime::get_Now", "System.DateTime::get_UtcNow", "System.DateTime::get_Today",
        "System.DateTimeOffset::get_Now", "System.DateTimeOffset::get_UtcNow",
        "System.TimeZoneInfo::get_Local", "System.TimeZone::get_CurrentTimeZone",
        "System.DateTime::ToLocalTime", "System.DateTimeOffset::ToLocalTime", "System.DateTimeOffset::get_LocalDateTime",
        "System.Environment::get_TickCount", "System.Environment::get_TickCount64",
    };

    // Code that computes money: units, prices and amounts are integers and decimals.
    private static readonly string[] MoneyFolders = ["Rates", "Lines", "Statements"];

    private static readonly HashSet<Code> FloatCodes =
    [
        Code.Ldc_R4, Code.Ldc_R8, Code.Conv_R4, Code.Conv_R8, Code.Conv_R_Un, Code.Ldind_R4, Code.Ldind_R8, Code.Ldelem_R4, Code.Ldelem_R8,
    ];

    [Theory]
    [MemberData(nameof(Shipped.Names), MemberType = typeof(Shipped))]
    public void No_code_uses_the_system_clock_or_local_time_zone(string assembly)
    {
        using var module = Shipped.Module(assembly);

        string.Join('\n', module.OwnTypes().SelectMany(HiddenClocks))
            .Should().BeEmpty("the clock is TimeProvider, and time zones are explicit");
    }

    [Fact]
    public void Code_that_computes_money_uses_no_floating_point()
    {
        using var module = Shipped.Module(Shipped.Core);
        var money = module.OwnTypes().Where(type => SourceFolders.Find(type) is { } source
            && MoneyFolders.Contains(source.Folder)).ToList();

        money.Should().NotBeEmpty();
        string.Join('\n', money.SelectMany(Floats)).Should().BeEmpty();
    }

    [Fact]
    public void Violations_are_found()
    {
        using var module = Shipped.Module("Settlements.Architecture.Tests");
        var bad = module.GetTypes().Single(type => type.Name == nameof(Bad));

        HiddenClocks(bad).Should().BeEquivalentTo(
            "Settlements.Architecture.Tests.ForbiddenCallTests/Bad.Now calls System.DateTime::get_UtcNow",
            "Settlements.Architecture.Tests.ForbiddenCallTests/Bad.Elapsed calls System.Diagnostics.Stopwatch::GetTimestamp");
        Floats(bad).Should().BeEquivalentTo(
            "Settlements.Architecture.Tests.ForbiddenCallTests/Bad.Half uses floating point",
            "Settlements.Architecture.Tests.ForbiddenCallTests/Bad.Near uses floating point");
    }

    private static IEnumerable<string> HiddenClocks(TypeDefinition type) =>
        from method in type.Methods
        where method.HasBody
        from called in method.Body.Instructions.Select(i => i.Operand).OfType<MethodReference>()
        let name = $"{called.DeclaringType.FullName}::{called.Name}"
        where HiddenClockMembers.Contains(name) || called.DeclaringType.FullName == typeof(Stopwatch).FullName
        select $"{type.FullName}.{method.Name} calls {name}";

    private static IEnumerable<string> Floats(TypeDefinition type) =>
        type.Methods.Where(IsFloating).Select(method => $"{type.FullName}.{method.Name} uses floating point")
            .Concat(type.Fields.Where(field => IsFloat(field.FieldType)).Select(field => $"{field.FullName} is floating point"));

    private static bool IsFloating(MethodDefinition method) =>
        TypeUses.OfMethod(method).SelectMany(TypeUses.Parts).Any(IsFloat)
        || (method.HasBody && method.Body.Instructions.Any(i => FloatCodes.Contains(i.OpCode.Code)));

    private static bool IsFloat(TypeReference type) => type.MetadataType is MetadataType.Single or MetadataType.Double;

    private static class Bad
    {
        public static DateTime Now() => DateTime.UtcNow;

        public static long Elapsed() => Stopwatch.GetTimestamp();

        public static decimal Half(decimal amount) => (decimal)((float)amount / 2);

        public static bool Near(IReadOnlyList<double?> amounts) => amounts.Count > 0;
    }
}

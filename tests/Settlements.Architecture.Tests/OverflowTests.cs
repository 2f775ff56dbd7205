using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Settlements.Architecture.Tests;

/// <summary>Tests that packages are compiled with overflow checks, so that integer overflow throws.</summary>
public sealed class OverflowTests
{
    private static readonly HashSet<Code> CheckedCodes = [Code.Add_Ovf, Code.Sub_Ovf, Code.Mul_Ovf];

    [Theory]
    [MemberData(nameof(Shipped.Names), MemberType = typeof(Shipped))]
    public void Integer_arithmetic_of_packages_is_compiled_with_overflow_checks(string assembly)
    {
        using var module = Shipped.Module(assembly);

        Checked(module).Should().BePositive("an assembly compiled without checks has none, as the test below shows");
    }

    [Fact]
    public void An_assembly_without_checks_has_none()
    {
        using var tests = Shipped.Module("Settlements.Architecture.Tests");

        Checked(tests).Should().Be(0, "tests are compiled without checks");
        Unchecked([1, 2]).Should().Be(3);
    }

    private static int Checked(ModuleDefinition module) =>
        module.OwnTypes().SelectMany(type => type.Methods).Where(method => method.HasBody)
            .SelectMany(method => method.Body.Instructions).Count(i => CheckedCodes.Contains(i.OpCode.Code));

    private static long Unchecked(IEnumerable<long> values)
    {
        var sum = 0L;
        foreach (var value in values)
            sum += value;
        return sum;
    }
}

namespace Settlements.Architecture.Tests;

/// <summary>Tests that the analysers are enabled, by building code that violates their rules.</summary>
[Trait("Speed", "slow")]
public sealed class AnalyserTests
{
    private const string Faulty = """
        using System.Text;

        namespace Throwaway;

        public sealed class Faulty
        {
            /// <summary>Returns null as a non-nullable type.</summary>
            public static string Name() => null;

            /// <summary>Formats by the current culture.</summary>
            public static string Format(decimal amount) => amount.ToString("N0");

            /// <summary>Resumes on the caller's context.</summary>
            public static async Task<int> ReadAsync(Task<int> task) => await task;
        }
        """;

    // Separate: the compiler checks documentation only if there are no other errors.
    private const string Undocumented = """
        namespace Throwaway;

        public interface IUndocumented;
        """;

    private const string Clean = """
        using System.Globalization;

        namespace Throwaway;

        internal static class Clean
        {
            public static string Format(decimal amount) => amount.ToString("N0", CultureInfo.InvariantCulture);

            public static async Task<int> ReadAsync(Task<int> task) => await task.ConfigureAwait(false);
        }
        """;

    [Theory]
    // Nullability, unused using, current culture; captured context, a member missing in the public API text; missing documentation.
    [InlineData("src/Directory.Build.props", Faulty, new[] { "CS8603", "IDE0005", "CA1305", "CA2007", "RS0016" })]
    [InlineData("src/Directory.Build.props", Undocumented, new[] { "CS1591" })]
    [InlineData("Directory.Build.props", Faulty, new[] { "CS8603", "IDE0005", "CA1305" })]
    public async Task A_violated_rule_fails_the_build(string props, string code, string[] codes)
    {
        using var project = new ThrowawayProject(props, code);

        var (exitCode, errors, output) = await project.BuildAsync(TestContext.Current.CancellationToken);

        exitCode.Should().NotBe(0);
        errors.Should().Contain(codes, output);
    }

    [Fact]
    public async Task Code_that_follows_the_rules_builds()
    {
        using var project = new ThrowawayProject("src/Directory.Build.props", Clean);

        var (exitCode, _, output) = await project.BuildAsync(TestContext.Current.CancellationToken);

        exitCode.Should().Be(0, output);
    }
}

namespace Settlements.Architecture.Tests;

/// <summary>Analysers that are off say nothing, so these tests break the rules and listen.</summary>
[Trait("Speed", "slow")]
public sealed class AnalyserTests
{
    private const string Faulty = """
        using System.Text;

        namespace Throwaway;

        public sealed class Faulty
        {
            /// <summary>Says null where none may be.</summary>
            public static string Name() => null;

            /// <summary>Speaks the machine's language.</summary>
            public static string Shown(decimal amount) => amount.ToString("N0");

            /// <summary>Goes back to the caller's context.</summary>
            public static async Task<int> ReadAsync(Task<int> task) => await task;
        }
        """;

    // By itself: the compiler looks at documentation only when all else is right.
    private const string Undocumented = """
        namespace Throwaway;

        public interface IUndocumented;
        """;

    private const string Clean = """
        using System.Globalization;

        namespace Throwaway;

        internal static class Clean
        {
            public static string Shown(decimal amount) => amount.ToString("N0", CultureInfo.InvariantCulture);

            public static async Task<int> ReadAsync(Task<int> task) => await task.ConfigureAwait(false);
        }
        """;

    [Theory]
    // Nullable, unused using, the machine's culture; captured context, a member that the API's text doesn't hold; missing documentation.
    [InlineData("src/Directory.Build.props", Faulty, new[] { "CS8603", "IDE0005", "CA1305", "CA2007", "RS0016" })]
    [InlineData("src/Directory.Build.props", Undocumented, new[] { "CS1591" })]
    [InlineData("Directory.Build.props", Faulty, new[] { "CS8603", "IDE0005", "CA1305" })]
    public async Task A_broken_rule_breaks_the_build(string props, string code, string[] codes)
    {
        using var project = new ThrowawayProject(props, code);

        var (exitCode, errors, output) = await project.BuildAsync(TestContext.Current.CancellationToken);

        exitCode.Should().NotBe(0);
        errors.Should().Contain(codes, output);
    }

    [Fact]
    public async Task Kept_rules_build()
    {
        using var project = new ThrowawayProject("src/Directory.Build.props", Clean);

        var (exitCode, _, output) = await project.BuildAsync(TestContext.Current.CancellationToken);

        exitCode.Should().Be(0, output);
    }
}

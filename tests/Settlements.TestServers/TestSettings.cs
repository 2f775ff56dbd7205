namespace Settlements.TestServers;

/// <summary>How the tests are run.</summary>
public static class TestSettings
{
    /// <summary>Whether the soak tests run too (<c>SETTLEMENT_TESTS=long</c>).</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("SETTLEMENT_TESTS") == "long";
}

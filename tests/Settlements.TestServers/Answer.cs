using System.Text.Json;

namespace Settlements.TestServers;

/// <summary>The result of running a program.</summary>
public sealed record Answer(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Asserts a usage error: exit code 2, no standard output, and a message without a stack trace.</summary>
    public void ShouldBeWrongUse(params string[] words)
    {
        ExitCode.Should().Be(2, Error);
        Output.Should().BeEmpty();
        Error.Should().NotContain("   at ").And.NotContain("Exception");
        foreach (var word in words)
            Error.Should().Contain(word);
    }

    public Answer ShouldSucceed()
    {
        ExitCode.Should().Be(0, Error + Output);
        return this;
    }
}

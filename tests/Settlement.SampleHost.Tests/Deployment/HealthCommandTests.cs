using Microsoft.Extensions.Hosting;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Deployment;

public sealed class HealthCommandTests
{
    [Fact]
    public async Task The_exit_code_reflects_the_readiness_of_the_host()
    {
        using var program = new SampleProgram();
        await using var platform = await PlatformUnderTest.StartAsync();
        var url = platform.Address.ToString();

        (await program.RunAsync("health", "--url", url)).ShouldSucceed().Output.Should().Contain("Healthy");
        platform.Service<IHostApplicationLifetime>().StopApplication();
        (await program.RunAsync("health", "--url", url)).ExitCode.Should().Be(2);
    }

    [Fact]
    public async Task An_unreachable_host_is_reported()
    {
        using var program = new SampleProgram();

        (await program.RunAsync("health", "--url", ServedProgram.FreeUrl())).ShouldBeWrongUse("No response from");
        (await program.RunAsync("health", "--url", "nowhere")).ShouldBeWrongUse("nowhere", "http://localhost");
    }
}

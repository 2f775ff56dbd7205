using Microsoft.Extensions.Hosting;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Deployment;

public sealed class HealthCommandTests
{
    [Fact]
    public async Task It_ends_as_the_host_answers()
    {
        using var program = new SampleProgram();
        await using var platform = await PlatformUnderTest.StartAsync();
        var url = platform.Address.ToString();

        (await program.RunAsync("health", "--url", url)).ShouldSucceed().Output.Should().Contain("Healthy");
        platform.Service<IHostApplicationLifetime>().StopApplication();
        (await program.RunAsync("health", "--url", url)).ExitCode.Should().Be(2);
    }

    [Fact]
    public async Task Nobody_there_is_said()
    {
        using var program = new SampleProgram();

        (await program.RunAsync("health", "--url", ServedProgram.FreeUrl())).ShouldBeWrongUse("No host answers");
        (await program.RunAsync("health", "--url", "nowhere")).ShouldBeWrongUse("nowhere", "http://localhost");
    }
}

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using DotNet.Testcontainers.Builders;
using IContainer = DotNet.Testcontainers.Containers.IContainer;

namespace Settlements.TestServers;

/// <summary>
/// MariaDB in a container, for machines with Docker and without a server's binary. Not tried where this was written, which has no Docker;
/// what uses it waits for its answers as for those of a process.
/// </summary>
internal sealed class MySqlContainer : IAsyncDisposable
{
    private const string Image = "mariadb:10.11";
    private const int ServerPort = 3306;

    private static readonly TimeSpan DockerAnswersWithin = TimeSpan.FromSeconds(10);

    private readonly IContainer _container;

    private MySqlContainer(IContainer container) => _container = container;

    /// <summary>Asked of Docker each time: what Testcontainers knows is as of its own last call.</summary>
    public bool HasEnded => Run("inspect", "--format", "{{.State.Running}}").Trim() != "true";

    /// <summary>Whether Docker is there and answers.</summary>
    public static bool IsPossible()
    {
        try
        {
            using var docker = Process.Start(new ProcessStartInfo("docker", ["info", "--format", "{{.ID}}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            if (docker.WaitForExit(DockerAnswersWithin))
                return docker.ExitCode == 0;
            docker.Kill();
            return false;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Makes the container and starts it, on a port of this machine that stays the same.</summary>
    public static async Task<MySqlContainer> StartAsync(int port, IEnumerable<string> options)
    {
        var container = new ContainerBuilder(Image)
            .WithEnvironment("MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "1")
            .WithPortBinding(port, ServerPort)
            .WithCommand([.. options])
            .Build();
        await container.StartAsync();
        return new MySqlContainer(container);
    }

    /// <summary>Starts it again after an end.</summary>
    public void Start() => Run("start");

    /// <summary>SIGKILL, as a crash would end it.</summary>
    public void Kill() => Run("kill");

    /// <summary>SIGTERM, and time to end in order.</summary>
    public void Stop() => Run("stop", "--time", "60");

    public ValueTask DisposeAsync() => _container.DisposeAsync();

    private string Run(params string[] command)
    {
        using var docker = Process.Start(new ProcessStartInfo("docker", [.. command, _container.Id]) { RedirectStandardOutput = true })!;
        var output = docker.StandardOutput.ReadToEnd();
        docker.WaitForExit();
        return docker.ExitCode == 0
            ? output
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"'docker {command[0]}' failed with {docker.ExitCode}."));
    }
}

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using DotNet.Testcontainers.Builders;
using IContainer = DotNet.Testcontainers.Containers.IContainer;

namespace Settlements.TestServers;

/// <summary>
/// A MariaDB container, for machines with Docker and without a server binary. Untested: the development machine has no Docker. Callers wait
/// for connections as they do for a process.
/// </summary>
internal sealed class MySqlContainer : IAsyncDisposable
{
    private const string Image = "mariadb:10.11";
    private const int ServerPort = 3306;

    private static readonly TimeSpan DockerAnswersWithin = TimeSpan.FromSeconds(10);

    private readonly IContainer _container;

    private MySqlContainer(IContainer container) => _container = container;

    /// <summary>The state reported by Docker: the state in Testcontainers is that of its last call.</summary>
    public bool HasEnded => Run("inspect", "--format", "{{.State.Running}}").Trim() != "true";

    /// <summary>Whether Docker is installed and responds.</summary>
    public static bool IsPossible()
    {
        try
        {
            using var docker = Process.Start(new ProcessStartInfo(
                "docker", ["info", "--format", "{{.ID}}"])
            { RedirectStandardOutput = true, RedirectStandardError = true })!;
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

    /// <summary>Creates and starts the container on a port of this machine that stays the same across restarts.</summary>
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

    /// <summary>Restarts the stopped container.</summary>
    public void Start() => Run("start");

    /// <summary>Kills the server with SIGKILL, as in a crash.</summary>
    public void Kill() => Run("kill");

    /// <summary>Stops the server with SIGTERM and waits for its shutdown.</summary>
    public void Stop() => Run("stop", "--time", "60");

    public ValueTask DisposeAsync() => _container.DisposeAsync();

    private string Run(params string[] command)
    {
        using var docker = Process.Start(new ProcessStartInfo("docker", [.. command, _container.Id]) { RedirectStandardOutput = true })!;
        var output = docker.StandardOutput.ReadToEnd();
        docker.WaitForExit();
        return docker.ExitCode == 0
            ? output
            : throw new InvalidOperationException(
                string.Create(CultureInfo.InvariantCulture, $"'docker {command[0]}' failed with {docker.ExitCode}."));
    }
}

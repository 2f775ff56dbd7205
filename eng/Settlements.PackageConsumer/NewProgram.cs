namespace Settlements.PackageConsumer;

/// <summary>A program of a <see cref="Workspace"/>.</summary>
/// <param name="workspace">Its workspace.</param>
/// <param name="name">The name of its project, folder and assembly.</param>
/// <param name="readme">The README that describes it; null if none does.</param>
internal sealed class NewProgram(Workspace workspace, string name, Readme? readme)
{
    /// <summary>The environment variable with the connection string of a program on a database server.</summary>
    public const string Connection = "SETTLEMENT_CONNECTION";

    public string Folder { get; } = Path.Combine(workspace.Folder, name);

    public string Project => Path.Combine(Folder, $"{name}.csproj");

    public Readme? Readme => readme;

    public CancellationToken CancellationToken => workspace.CancellationToken;

    /// <summary>The command that runs the built program.</summary>
    public string[] Command => ["dotnet", $"bin/Release/net10.0/{name}.dll"];

    /// <summary>Runs the program twice and compares its output; the second run uses the data of the first.</summary>
    /// <param name="expected">The expected output, without a line break at its end.</param>
    /// <param name="connection">The connection string of its database server; null for a program that needs none.</param>
    public async Task ExpectTwiceAsync(string expected, string? connection = null)
    {
        var environment = connection is null ? null : new Dictionary<string, string> { [Connection] = connection };
        foreach (var number in (string[])["first", "second"])
        {
            var (exitCode, printed) = await ChildProcess.RunAsync(Folder, Command, Captured.Output, CancellationToken, environment);
            CheckFailedException.ThrowUnless(exitCode == 0, $"The program '{name}' failed in its {number} run.");
            CheckFailedException.ThrowUnless(
                printed == expected, $"The program '{name}' printed in its {number} run:", printed, "Expected output:", expected);
        }

        Console.WriteLine($"{name}: {expected.Replace("\n", " | ", StringComparison.Ordinal)}");
    }
}

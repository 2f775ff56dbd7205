namespace Settlements.PackageConsumer;

/// <summary>The command line, installed from its package, with the configuration of its README.</summary>
internal static class Tool
{
    private const string Package = "Settlements.Cli";
    private const string Expected = "605,000 KRW";

    private static readonly string[] Events =
    [
        "event_id,occurred_at,meter,item_id,payee_id,quantity",
        "01906d5e-8a00-7000-8000-000000000001,2024-07-01T12:00:00+09:00,video.view,video-1,ann,550000",
    ];

    private static readonly string[] Commands =
    [
        "import events.csv --json", "close --through 2024-07-01 --json", "statement --period month --date 2024-07-01 --payee ann",
    ];

    public static async Task TryAsync(Workspace workspace)
    {
        var folder = Directory.CreateDirectory(Path.Combine(workspace.Folder, "tool")).FullName;
        var (installed, log) = await workspace.RunAsync(
            Captured.All, "dotnet", "tool", "install", Package, "--tool-path", Path.Combine(folder, "bin"), "--version", workspace.Version);
        CheckFailedException.ThrowUnless(installed == 0, $"The tool of {Package} does not install:", log);
        await File.WriteAllTextAsync(Path.Combine(folder, "settlement.json"), Readme.OfPackage(Package).Block("json"));
        await File.WriteAllLinesAsync(Path.Combine(folder, "events.csv"), Events);

        var printed = "";
        foreach (var command in Commands)
        {
            var (exitCode, output) = await ChildProcess.RunAsync(
                folder, [Path.Combine(folder, "bin", "settlement"), .. command.Split(' ')], Captured.Output, workspace.CancellationToken);
            printed += $"{output}\n";
            CheckFailedException.ThrowUnless(exitCode == 0, "A command of the tool failed. It printed:", printed);
        }

        CheckFailedException.ThrowUnless(
            printed.Contains(Expected, StringComparison.Ordinal), "The tool printed:", printed, $"Expected is a statement of {Expected}.");
        Console.WriteLine($"tool: {Expected}");
    }
}

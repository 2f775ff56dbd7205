using System.Diagnostics;
using System.Globalization;
using Settlements.TestServers;

namespace Settlement.SampleHost.Tests;

/// <summary>The built host in a temporary folder, and the command-line tool on the same database.</summary>
internal sealed class SampleProgram : IDisposable
{
    private readonly ProgramFolder _host = new(Path.Combine(AppContext.BaseDirectory, "Settlement.SampleHost.dll"));
    private readonly string? _mySql;

    /// <summary>Creates the folder.</summary>
    /// <param name="mySql">The connection string of a server's database, passed in the environment; null for SQLite.</param>
    /// <param name="isPinned">Whether the demo data stays on its days of 2017, whose figures are known.</param>
    public SampleProgram(string? mySql = null, bool isPinned = true)
    {
        _mySql = mySql;
        _host.Environment["ASPNETCORE_URLS"] = null;
        _host.Environment["Demo__LastDay"] = isPinned ? "2017-10-22" : null;
        _host.Environment["SETTLEMENT_CONNECTION"] = mySql;
        _host.Environment["Routing__ProbeTimeout"] = "00:00:30"; // allows for a busy machine
    }

    /// <summary>The host's environment; null for the default, production.</summary>
    public string? Environment { get; set; }

    public string Database => _host.PathOf("settlement-sample.db");

    public Task<Answer> RunAsync(params string[] args)
    {
        Prepare();
        return _host.RunAsync(input: null, Arguments(args));
    }

    public Process Start(params string[] args)
    {
        Prepare();
        return _host.Start(Arguments(args));
    }

    /// <summary>Runs a command of the tool on the host's database, with the host's settlement.json.</summary>
    public async Task<Answer> RunToolAsync(params string[] args)
    {
        string[] tool = [Path.Combine(AppContext.BaseDirectory, "Settlements.Cli.dll"), "--config",
            Path.Combine(AppContext.BaseDirectory, "settlement.json")];
        using var process = _host.StartProgram([.. tool, .. Arguments(args)]);
        process.StandardInput.Close();
        return await ProgramFolder.EndAsync(process);
    }

    public static Task<Answer> EndAsync(Process process) => ProgramFolder.EndAsync(process);

    public static string Id(int id) => string.Create(CultureInfo.InvariantCulture, $"00000000-0000-0000-0000-{id:D12}");

    public void Dispose() => _host.Dispose();

    private void Prepare() => _host.Environment["ASPNETCORE_ENVIRONMENT"] = Environment;

    private string[] Arguments(string[] args) => _mySql is null ? args : [.. args, "--store", "mysql"];
}

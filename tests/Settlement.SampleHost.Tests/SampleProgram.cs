using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Settlement.TestServers;

namespace Settlement.SampleHost.Tests;

/// <summary>What a run of the program came to.</summary>
internal sealed record Answer(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>It failed as wrong use should: exit code 2, nothing on standard output, and words without a stack trace.</summary>
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

/// <summary>The built program in a folder of its own, which is deleted in the end.</summary>
internal sealed class SampleProgram : IDisposable
{
    public const string Header = "event_id,occurred_at,meter,item_id,payee_id,quantity";

    /// <summary>Only a program that hangs takes so long, on a busy machine too. A served one's begins with its start.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Settlement.SampleHost.dll");

    private readonly string? _mySql;

    /// <param name="mySql">The connection string of a server's database, which the program is given by its environment; or null for SQLite.</param>
    public SampleProgram(string? mySql = null)
    {
        _mySql = mySql;
        Folder = Directory.CreateTempSubdirectory("settlement-").FullName;
    }

    /// <summary>The connection string, or null for SQLite.</summary>
    public string? MySql => _mySql;

    public string Folder { get; }

    /// <summary>The host's environment; null for the default, production.</summary>
    public string? Environment { get; set; }

    public string Database => PathOf("settlement-sample.db");

    public string PathOf(string name) => Path.Combine(Folder, name);

    public Task<Answer> RunAsync(params string[] args) => RunAsync(input: null, args);

    public async Task<Answer> RunAsync(string? input, string[] args)
    {
        using var process = Start(args);
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    public Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. args, .. _mySql is null ? (string[])[] : ["--store", "mysql"]])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment.Remove("ASPNETCORE_URLS");
        start.Environment["ASPNETCORE_ENVIRONMENT"] = Environment;
        start.Environment["SETTLEMENT_CONNECTION"] = _mySql;
        start.Environment["Routing__ProbeTimeout"] = "00:00:30"; // a busy machine's answers are late
        IgnoredSignals.Reset();
        return Process.Start(start)!;
    }

    public static async Task<Answer> EndAsync(Process process)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var error = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new Answer(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"The program did not end within {Patience}.");
        }
    }

    public string WriteEvents(string name, params string[] rows)
    {
        File.WriteAllText(PathOf(name), $"{Header}\n{string.Concat(rows.Select(r => $"{r}\n"))}");
        return name;
    }

    public static string Event(int id, string occurredAt, string item, long quantity, string meter = "video.view", string payee = "ann") =>
        string.Create(CultureInfo.InvariantCulture, $"{Id(id)},{occurredAt},{meter},{item},{payee},{quantity}");

    public static string Id(int id) => string.Create(CultureInfo.InvariantCulture, $"00000000-0000-0000-0000-{id:D12}");

    /// <summary>Two days of two videos: the worked figures of the rules.</summary>
    public async Task CloseTwoDaysAsync()
    {
        WriteEvents(
            "events.csv",
            Event(1, "2024-06-10T12:00:00+09:00", "v1", 550_000),
            Event(2, "2024-06-11T12:00:00+09:00", "v1", 600_000),
            Event(3, "2024-06-11T12:00:00+09:00", "v1/ad-1", 1_150_000, "ad.view"),
            Event(4, "2024-06-11T13:00:00+09:00", "v2", 10, payee: "bob"),
            Event(5, "2024-06-11T13:00:00+09:00", "v2", 900, "video.seconds", "bob"));
        (await RunAsync("import", "events.csv")).ShouldSucceed();
        (await RunAsync("close", "--through", "2024-06-11")).ShouldSucceed();
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

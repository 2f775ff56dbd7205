using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using Settlements.TestServers;

namespace Settlements.TestRun;

/// <summary>One test project's run: its process, log and report.</summary>
internal sealed class ProjectRun(string project, string results)
{
    /// <summary>The projects that take longest: if one of them started last, it would run alone at the end.</summary>
    private static readonly string[] LongestFirst =
    [
        "Settlement.SampleHost.Tests", "Settlements.MySql.Tests", "Settlements.Cli.Tests", "Settlements.MySql.Routing.Tests",
    ];

    /// <summary>
    /// Runtime settings that are disabled for the test programs and their child processes, which are too short to benefit: tiered PGO,
    /// concurrent and server garbage collection, and W^X.
    /// </summary>
    private static readonly string[] ShortLived = ["TieredPGO", "gcConcurrent", "gcServer", "EnableWriteXorExecute"];

    private const int MessageCharactersMax = 700;

    private XElement[] _assemblies = [];

    public string Name { get; } = Path.GetFileName(Path.TrimEndingDirectorySeparator(project));

    public int Order => Array.IndexOf(LongestFirst, Name) is >= 0 and var index ? index : LongestFirst.Length;

    public bool UsesServers => File.Exists(Path.Combine(Programs, $"{typeof(MySqlServer).Assembly.GetName().Name}.dll"));

    public string Log => Path.Combine(results, $"{Name}.log");

    public int ExitCode { get; private set; }

    public double Seconds { get; private set; }

    /// <summary>The counts of the report. A run without a report counts as one failure.</summary>
    public TestSum Sum => _assemblies.Length == 0
        ? new TestSum(0, 1, 0)
        : _assemblies.Select(a => new TestSum(Count(a, "passed"), Count(a, "failed") + Count(a, "errors"), Count(a, "skipped")))
            .Aggregate((sum, next) => sum + next);

    public string Slowest => string.Join(", ", _assemblies.Descendants("test").OrderByDescending(Time).Take(3).Select(t =>
        string.Create(CultureInfo.InvariantCulture, $"{((string?)t.Attribute("name"))?.Split('(')[0].Split('.')[^1]} {Time(t):0.0} s")));

    /// <summary>Each failed test, or error outside a test, by name, with the beginning of its message.</summary>
    public IEnumerable<string> Failures => _assemblies.Length == 0
        ? [$"{Name} ended with exit code {ExitCode} and without a report"]
        : from failure in _assemblies.Descendants("failure")
          let message = failure.Element("message")?.Value ?? ""
          select $"{(string?)failure.Parent?.Attribute("name")}\n  {message[..Math.Min(message.Length, MessageCharactersMax)]}";

    /// <summary>Runs the project and reads its report.</summary>
    /// <param name="server">The connection string of the server to use; null to leave the environment unchanged.</param>
    /// <param name="stop">Kills the process.</param>
    public async Task RunAsync(string? server, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        var report = Path.Combine(results, $"{Name}.xml");
        string[] arguments = ["exec", Path.Combine(Programs, $"{Name}.dll"), "-noLogo", "-noColor", "-result-xml", report];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var setting in ShortLived)
            start.Environment.TryAdd($"DOTNET_{setting}", "0");
        if (server is not null)
            start.Environment[MySqlServer.NamedBy] = server;
        Directory.CreateDirectory(results);
        await using (var log = TextWriter.Synchronized(new StreamWriter(Log) { AutoFlush = true }))
        {
            using var process = Process.Start(start)!;
            process.OutputDataReceived += (_, line) => log.WriteLine(line.Data);
            process.ErrorDataReceived += (_, line) => log.WriteLine(line.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            await using (stop.Register(() => process.Kill(entireProcessTree: true)))
                await process.WaitForExitAsync(CancellationToken.None);
            ExitCode = process.ExitCode;
        }

        Seconds = watch.Elapsed.TotalSeconds;
        if (File.Exists(report))
            _assemblies = [.. XDocument.Load(report).Descendants("assembly")];
    }

    private string Programs => Path.Combine(project, "bin", "Release", "net10.0");

    private static int Count(XElement assembly, string attribute) => (int?)assembly.Attribute(attribute) ?? 0;

    private static double Time(XElement test) => (double?)test.Attribute("time") ?? 0;
}

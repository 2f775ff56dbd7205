using System.Diagnostics;
using System.Globalization;

namespace Settlements.Benchmarks;

/// <summary>The benchmark program of a revision, which closes each day in a separate process.</summary>
/// <param name="Name">The revision.</param>
/// <param name="Program">The path of its <c>Settlements.Benchmarks.dll</c>.</param>
internal sealed record CloseRevision(string Name, string Program)
{
    /// <summary>Clock ticks per second in <c>/proc</c>: 100 on every architecture that .NET supports.</summary>
    private const double TicksPerSecond = 100;

    private const int UserTimeField = 14;
    private const int WaitedChildrensTimeField = 16;

    /// <summary>
    /// Creates the revision's tables on MySQL by its intake benchmark, which also stores a few events and closes their day.
    /// </summary>
    public async Task CreateTablesAsync(MySqlBenchmarkDatabase database)
    {
        await RunAsync("mysql-child", "intake-writer", "mysql", database.ConnectionString, "1", "1", "1");
        await database.EmptyAsync();
    }

    /// <summary>Closes the first day on MySQL.</summary>
    public async Task<(Measured Measured, double ClientSeconds)> CloseMySqlAsync(string connectionString)
    {
        var before = ChildrensProcessorSeconds();
        var output = await RunAsync("mysql-child", "close", connectionString, "0");
        return (Measured.Parse(LastLine(output)), ChildrensProcessorSeconds() - before);
    }

    /// <summary>Creates an SQLite file with the events of a CSV file.</summary>
    public Task ImportSqliteAsync(string database, string csv) => RunAsync("child", "import", database, csv);

    /// <summary>Closes the first day of an SQLite file. Earlier revisions don't measure its steps.</summary>
    public async Task<(Measured Measured, double ClientSeconds)> CloseSqliteAsync(string database, int events)
    {
        var before = ChildrensProcessorSeconds();
        var output = await RunAsync("child", "close", database, "0");
        var figures = LastLine(output).Split(' ').Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToList();
        return (new Measured(figures[0], figures[1], events, figures[2..]), ChildrensProcessorSeconds() - before);
    }

    /// <summary>Returns the user and system time of a running process, in seconds.</summary>
    public static double ProcessorSeconds(int processId) => Seconds($"/proc/{processId}/stat", UserTimeField);

    /// <summary>Returns the user and system time of all child processes that have ended, in seconds.</summary>
    internal static double ChildrensProcessorSeconds() => Seconds("/proc/self/stat", WaitedChildrensTimeField);

    private static double Seconds(string stat, int field)
    {
        var text = File.ReadAllText(stat);

        // The second field, the process name, is in parentheses and may contain spaces: fields are counted from the third.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (Ticks(field) + Ticks(field + 1)) / TicksPerSecond;

        double Ticks(int number) => double.Parse(fields[number - 3], CultureInfo.InvariantCulture);
    }

    private static string LastLine(string output) => output.TrimEnd().Split('\n')[^1];

    private async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"'{arguments[1]}' of {Name} failed with exit code {process.ExitCode}: {output}");
    }
}

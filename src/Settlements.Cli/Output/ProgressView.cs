using System.Diagnostics;
using Spectre.Console;

namespace Settlements.Cli;

/// <summary>The progress of a command.</summary>
/// <param name="Fraction">From 0 to 1; null when the total is unknown.</param>
/// <param name="Detail">The current step.</param>
internal sealed record WorkState(double? Fraction, string Detail);

/// <summary>Displays progress on standard error: a bar in a terminal, otherwise a line every two seconds.</summary>
internal static class ProgressView
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(2);

    public static Task<T> RunAsync<T>(string title, Func<IProgress<WorkState>, Task<T>> work) =>
        Console.IsErrorRedirected ? RunWithLinesAsync(title, work) : RunWithBarAsync(title, work);

    private static async Task<T> RunWithBarAsync<T>(string title, Func<IProgress<WorkState>, Task<T>> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: 1);
                task.IsIndeterminate = true;
                return await work(new Sink(state =>
                {
                    task.IsIndeterminate = state.Fraction is null;
                    task.Value = state.Fraction ?? 0;
                    task.Description = Markup.Escape($"{title}: {state.Detail}");
                }));
            });
    }

    private static async Task<T> RunWithLinesAsync<T>(string title, Func<IProgress<WorkState>, Task<T>> work)
    {
        var latest = new WorkState(null, "");
        using var done = new CancellationTokenSource();
        var lines = PrintLinesAsync(title, () => latest, done.Token);
        try
        {
            return await work(new Sink(state => latest = state));
        }
        finally
        {
            await done.CancelAsync();
            await lines;
        }
    }

    private static async Task PrintLinesAsync(string title, Func<WorkState> latest, CancellationToken done)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(LineInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(done))
            {
                var state = latest();
                string[] parts =
                [
                    state.Fraction is { } fraction ? $"{fraction:P0}" : "", state.Detail, Text.Duration(Stopwatch.GetElapsedTime(started)),
                ];
                await Console.Error.WriteLineAsync($"{title}: {string.Join(", ", parts.Where(part => part.Length > 0))}");
            }
        }
        catch (OperationCanceledException)
        {
            // The command has completed.
        }
    }

    // Progress<T> would report on the thread pool, delayed and out of order.
    private sealed class Sink(Action<WorkState> report) : IProgress<WorkState>
    {
        public void Report(WorkState value) => report(value);
    }
}

/// <summary>Maps the library's progress to that of the view.</summary>
internal sealed class ProgressMap<T>(IProgress<WorkState> view, Func<T, WorkState> map) : IProgress<T>
{
    public void Report(T value) => view.Report(map(value));
}

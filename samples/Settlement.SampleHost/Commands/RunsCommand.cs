using System.CommandLine;
using Settlement.Pipelines;
using Settlement.SampleHost.Output;

namespace Settlement.SampleHost.Commands;

/// <summary><c>runs</c>: what was run, and how it ended.</summary>
internal static class RunsCommand
{
    public static Command Create(CommonOptions common)
    {
        var count = CommandOptions.Count("--count", "At most so many, newest first.", 50, 1, 100_000);
        var command = new Command("runs", "List the runs: state, chunks, rows, duration, and why one failed.") { count };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = common.OpenExisting(parsed);
            var runs = await session.Engine.Pipelines.ListRunsAsync(parsed.GetValue(count), cancellationToken);
            if (common.IsJson(parsed))
            {
                Json.Print(new
                {
                    Runs = runs.Select(r => new
                    {
                        r.RunId, r.Pipeline, r.Key, r.State, r.ChunksDone, r.ChunksTotal, r.Rows, r.StartedAt, r.EndedAt,
                        DurationSeconds = r.Duration is { } duration ? Json.Seconds(duration) : (decimal?)null, r.Failure,
                    }),
                });
            }
            else
            {
                Print(runs);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(IReadOnlyList<Run> runs)
    {
        if (runs.Count == 0)
        {
            Console.WriteLine("Nothing was run yet. close --through DATE makes a run for each day.");
            return;
        }

        var table = new TextTable(">Run", "Pipeline", "Key", "State", ">Chunks", ">Rows", "Started (UTC)", ">Duration", "Failure");
        foreach (var run in runs)
        {
            table.Add(
                Text.Number(run.RunId), Text.Id(run.Pipeline), Text.Id(run.Key), run.State.ToString().ToLowerInvariant(),
                $"{Text.Number(run.ChunksDone)}/{Text.Number(run.ChunksTotal)}", Text.Number(run.Rows), $"{run.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}",
                run.Duration is { } duration ? Text.Duration(duration) : "", Text.Id(run.Failure ?? ""));
        }

        table.Print();
    }
}

using System.CommandLine;
using System.Globalization;
using Settlements.Pipelines;

namespace Settlements.Cli;

/// <summary><c>runs</c>: what was run, and how it ended.</summary>
internal static class RunsCommand
{
    public static Command Create(CommonOptions common)
    {
        var count = CommandOptions.Count("--count", "At most so many, newest first.", 50, 1, 100_000);
        var run = CommandOptions.Count("--run", "Only what this run met: retries and why, chunks that changed hands, failures.", 0, 1,
            int.MaxValue);
        var abandon = CommandOptions.Count("--abandon", "Leave this unfinished run for good: the next close of its day makes a new one.",
            0, 1, int.MaxValue);
        var command = new Command("runs", "List the runs: state, chunks, rows, duration, and why one failed.") { count, run, abandon };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = common.OpenExisting(parsed);
            if (parsed.GetValue(abandon) is > 0 and var left)
                return await AbandonAsync(session, left, cancellationToken);
            if (parsed.GetValue(run) is > 0 and var met)
            {
                if (await session.Engine.Pipelines.FindRunAsync(met, cancellationToken) is null)
                    throw new UsageException($"There is no run {met}. 'runs' lists them.");
                var incidents = await session.Engine.Pipelines.ListIncidentsAsync(met, cancellationToken);
                if (common.IsJson(parsed))
                    Json.Print(new { RunId = met, Incidents = incidents });
                else
                    Print(met, incidents);
                return ExitCode.Done;
            }

            var runs = await session.Engine.Pipelines.ListRunsAsync(parsed.GetValue(count), cancellationToken);
            if (common.IsJson(parsed))
            {
                Json.Print(new
                {
                    Runs = runs.Select(r => new
                    {
                        r.RunId, r.Pipeline, r.Key, r.State, r.ChunksDone, r.ChunksTotal, r.Rows, r.StartedAt, r.EndedAt,
                        DurationSeconds = r.Duration is { } duration ? Json.Seconds(duration) : (decimal?)null, r.Failure,
                        r.Incidents,
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

    private static async Task<int> AbandonAsync(Session session, long runId, CancellationToken cancellationToken)
    {
        if (!await session.Engine.Pipelines.AbandonAsync(runId, cancellationToken))
            throw new UsageException($"There is no unfinished run {runId}: a completed one stays as it is. 'runs' lists them.");
        Console.WriteLine($"Run {runId} is abandoned. The next close of its day makes a new one from the events.");
        return ExitCode.Done;
    }

    private static void Print(long runId, IReadOnlyList<RunIncident> incidents)
    {
        if (incidents.Count == 0)
        {
            Console.WriteLine($"Run {runId} met nothing.");
            return;
        }

        var table = new TextTable("At (UTC)", "Step", ">Chunk", "What");
        foreach (var incident in incidents)
            table.Add($"{incident.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}", incident.Step ?? "",
                incident.Chunk?.ToString(CultureInfo.InvariantCulture) ?? "", Text.Id(incident.Reason));
        table.Print();
    }

    private static void Print(IReadOnlyList<PipelineRun> runs)
    {
        if (runs.Count == 0)
        {
            Console.WriteLine("Nothing was run yet. close --through DATE makes a run for each day.");
            return;
        }

        var table = new TextTable(">Run", "Pipeline", "Key", "State", ">Chunks", ">Rows", "Started (UTC)", ">Duration", ">Incidents",
            "Failure");
        foreach (var run in runs)
        {
            table.Add(
                Text.Number(run.RunId), Text.Id(run.Pipeline), Text.Id(run.Key), run.State.ToString().ToLowerInvariant(),
                $"{Text.Number(run.ChunksDone)}/{Text.Number(run.ChunksTotal)}", Text.Number(run.Rows),
                    $"{run.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}",
                run.Duration is { } duration ? Text.Duration(duration) : "", Text.Number(run.Incidents), Text.Id(run.Failure ?? ""));
        }

        table.Print();
    }
}

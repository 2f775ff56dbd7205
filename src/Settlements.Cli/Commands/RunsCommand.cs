using System.CommandLine;
using System.Globalization;
using Settlements.Pipelines;

namespace Settlements.Cli;

/// <summary><c>runs</c>: lists runs and their incidents, and abandons an unfinished run.</summary>
internal static class RunsCommand
{
    public static Command Create(CommonOptions common)
    {
        var count = CommandOptions.Count("--count", "The largest number of runs, newest first.", 50, 1, 100_000);
        var run = CommandOptions.Count(
            "--run", "List the incidents of this run: retries with their reasons, chunks resumed by another process, failures.",
            0, 1, int.MaxValue);
        var abandon = CommandOptions.Count("--abandon", "Abandon this unfinished run. The next close of its day starts a new one.",
            0, 1, int.MaxValue);
        var command = new Command("runs", "List the runs: state, chunks, rows, duration, and why one failed.") { count, run, abandon };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var context = common.OpenExisting(parsed);
            if (parsed.GetValue(abandon) is > 0 and var abandonedId)
                return await AbandonAsync(context, abandonedId, cancellationToken);
            if (parsed.GetValue(run) is > 0 and var runId)
            {
                if (await context.Engine.Pipelines.FindRunAsync(runId, cancellationToken) is null)
                    throw new UsageException($"There is no run {runId}. 'settlement runs' lists the runs.");
                var incidents = await context.Engine.Pipelines.ListIncidentsAsync(runId, cancellationToken);
                if (common.IsJson(parsed))
                    Json.Print(new { RunId = runId, Incidents = incidents });
                else
                    Print(runId, incidents);
                return ExitCode.Success;
            }

            var runs = await context.Engine.Pipelines.ListRunsAsync(parsed.GetValue(count), cancellationToken);
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

            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<int> AbandonAsync(CommandContext context, long runId, CancellationToken cancellationToken)
    {
        if (!await context.Engine.Pipelines.AbandonAsync(runId, cancellationToken))
        {
            throw new UsageException(
                $"There is no unfinished run {runId}. Completed runs can't be abandoned. 'settlement runs' lists the runs.");
        }

        Console.WriteLine($"Run {runId} is abandoned. The next close of its day starts a new run.");
        return ExitCode.Success;
    }

    private static void Print(long runId, IReadOnlyList<RunIncident> incidents)
    {
        if (incidents.Count == 0)
        {
            Console.WriteLine($"Run {runId} has no incidents.");
            return;
        }

        var table = new TextTable("At (UTC)", "Step", ">Chunk", "Reason");
        foreach (var incident in incidents)
            table.Add($"{incident.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}", incident.Step ?? "",
                incident.Chunk?.ToString(CultureInfo.InvariantCulture) ?? "", Text.Id(incident.Reason));
        table.Print();
    }

    private static void Print(IReadOnlyList<PipelineRun> runs)
    {
        if (runs.Count == 0)
        {
            Console.WriteLine("There are no runs yet. 'settlement close --through DATE' starts a run for each day.");
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

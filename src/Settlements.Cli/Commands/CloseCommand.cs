using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>close --through DATE</c>: closes every open day up to and including a date.</summary>
internal static class CloseCommand
{
    private const string FileFirst = "Default: the value in the settlement's file, then that of the library.";

    public static Command Create(CommonOptions common)
    {
        var through = CommandOptions.Date("--through", "The last day to close, included. It must have ended.");
        var lease = CommandOptions.Count(
            "--lease",
            $"Seconds after which another process may resume the chunks of a process that no longer renews its leases. {FileFirst}",
            30, 1, 3_600);
        var workers = CommandOptions.Count("--workers", $"Chunks processed concurrently. {FileFirst}", 2, 1, 64);
        var chunkRows = CommandOptions.Count(
            "--chunk-rows", $"Largest number of events in a chunk, the unit of work that a crash repeats. {FileFirst}",
            6_000_000, 1, 100_000_000);
        var command = new Command("close", "Close every open day through a date, oldest first: sum, price, rank, publish.")
        {
            through, lease, workers, chunkRows,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var last = parsed.GetValue(through);
            await using var context = await common.OpenOrCreateAsync(parsed, cancellationToken, options =>
            {
                // Options that are not given keep the values of the settlement's file.
                if (IsGiven(parsed, chunkRows))
                    options.ChunkRowsMax = parsed.GetValue(chunkRows);
                if (IsGiven(parsed, lease))
                    options.Pipeline.LeaseDuration = TimeSpan.FromSeconds(parsed.GetValue(lease));
                if (IsGiven(parsed, workers))
                    options.Pipeline.Workers = parsed.GetValue(workers);
            });
            var closed = await CloseAsync(context, last, cancellationToken);
            if (common.IsJson(parsed))
            {
                Json.Print(new
                {
                    Through = last, Days = closed.Select(d => new { d.Day, d.Events, DurationSeconds = Json.Seconds(d.Duration) }),
                });
            }
            else
            {
                Print(last, closed);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Task<IReadOnlyList<ClosedDay>> CloseAsync(CommandContext context, DateOnly last, CancellationToken cancellationToken) =>
        ProgressView.RunAsync("Closing", view => context.Engine.Days.CloseThroughAsync(
            last,
            new ProgressMap<CloseProgress>(view, p => new WorkState(
                p.Fraction, $"{Text.Day(p.Day)}, day {p.DayNumber} of {p.Days}, {p.Run.Step}")),
            cancellationToken));

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static void Print(DateOnly last, IReadOnlyList<ClosedDay> closed)
    {
        if (closed.Count == 0)
        {
            Console.WriteLine($"Nothing to close: every day through {Text.Day(last)} is closed already.");
            return;
        }

        var table = new TextTable("Day", ">Events", ">Seconds");
        foreach (var day in closed)
            table.Add(Text.Day(day.Day), Text.Number(day.Events), $"{day.Duration.TotalSeconds:0.000}");
        table.Print();
        Console.WriteLine($"Closed {Text.Count(closed.Count, "day", "days")} through {Text.Day(last)}.");
    }
}

using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>close --through DATE</c>: closes every open day through that one.</summary>
internal static class CloseCommand
{
    private const string FileFirst = "Not given, it is as the settlement's file has it.";

    public static Command Create(CommonOptions common)
    {
        var through = CommandOptions.Date("--through", "The last day to close, included. It must be over.");
        var lease = CommandOptions.Count(
            "--lease",
            $"Seconds that a chunk belongs to this process without a sign of life; then another one that closes takes it over. {FileFirst}",
            30, 1, 3_600);
        var workers = CommandOptions.Count("--workers", $"Chunks worked on at a time. {FileFirst}", 2, 1, 64);
        var chunkRows = CommandOptions.Count(
            "--chunk-rows", $"Events of a chunk, at most: what a crash costs. {FileFirst}", 4_000_000, 1, 100_000_000);
        var command = new Command("close", "Close every open day through a date, oldest first: sum, price, rank, publish.")
        {
            through, lease, workers, chunkRows,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var last = parsed.GetValue(through);
            await using var session = await common.OpenOrCreateAsync(parsed, cancellationToken, options =>
            {
                // What is not given is as the settlement's file has it.
                if (IsGiven(parsed, chunkRows))
                    options.ChunkRowsMax = parsed.GetValue(chunkRows);
                if (IsGiven(parsed, lease))
                    options.Pipeline.LeaseDuration = TimeSpan.FromSeconds(parsed.GetValue(lease));
                if (IsGiven(parsed, workers))
                    options.Pipeline.Workers = parsed.GetValue(workers);
            });
            var closed = await CloseAsync(session, last, cancellationToken);
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

            return ExitCode.Done;
        });
        return command;
    }

    private static Task<IReadOnlyList<ClosedDay>> CloseAsync(Session session, DateOnly last, CancellationToken cancellationToken) =>
        ProgressView.RunAsync("Closing", view => session.Engine.Days.CloseThroughAsync(
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

using System.CommandLine;
using Settlements.MySql;

namespace Settlements.Cli;

/// <summary>
/// <c>partitions</c>: adds day partitions of the event table for future days on MySQL and MariaDB, and drops those of verified days.
/// </summary>
internal static class PartitionsCommand
{
    public static Command Create(CommonOptions common)
    {
        var from = CommandOptions.Date(
            "--add-from", "With --add-through: the first day to have a partition. Required for the first partitions.",
            required: false);
        var through = CommandOptions.Date("--add-through", "Add partitions through this day, included.", required: false);
        var before = CommandOptions.Date("--drop-before", "Verify the days before this one, and drop their events.", required: false);
        var command = new Command(
            "partitions",
            "List, add and drop day partitions of the events, with --store mysql. The events of old days are "
            + "dropped only after the days are verified.")
        {
            from, through, before,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var context = await common.OpenOrCreateAsync(parsed, cancellationToken);
            var partitions = context.Find<EventPartitions>()
                ?? throw new UsageException("SQLite has no partitions. Use --store mysql.");
            var added = await AddAsync(partitions, Given(parsed, from), Given(parsed, through), cancellationToken);
            var dropped = Given(parsed, before) is { } day
                ? await ProgressView.RunAsync("Verifying", view => partitions.DropAsync(
                    day, new ProgressMap<VerificationProgress>(view, p => new WorkState(p.DayNumber / (double)p.Days, Text.Day(p.Day))),
                    cancellationToken))
                : [];
            var days = await partitions.ListAsync(cancellationToken);
            if (common.IsJson(parsed))
                Json.Print(new { Added = added, Dropped = dropped, Days = days });
            else
                Print(added, dropped, days);
            return ExitCode.Success;
        });
        return command;
    }

    private static DateOnly? Given(ParseResult parsed, Option<DateOnly> option) =>
        parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : null;

    private static async Task<IReadOnlyList<DateOnly>> AddAsync(EventPartitions partitions, DateOnly? from, DateOnly? through,
        CancellationToken cancellationToken)
    {
        if (through is not { } last)
            return from is null ? [] : throw new UsageException("--add-from requires --add-through DAY.");
        var present = await partitions.ListAsync(cancellationToken);
        var first = from ?? (present.Count > 0 ? present[^1]
            : throw new UsageException("The table has no partitions yet. Name the first day with --add-from DAY."));
        return first <= last
            ? await partitions.AddAsync(new DateRange(first, last), cancellationToken)
            : from is null ? [] : throw new UsageException(
                $"--add-from {first:yyyy-MM-dd} is after --add-through {last:yyyy-MM-dd}. Both are included; swap them.");
    }

    private static void Print(IReadOnlyList<DateOnly> added, IReadOnlyList<DateOnly> dropped, IReadOnlyList<DateOnly> partitions)
    {
        if (added.Count > 0)
            Console.WriteLine($"Added {Text.Count(added.Count, "day", "days")}: {Text.Day(added[0])} to {Text.Day(added[^1])}.");
        if (dropped.Count > 0)
        {
            var days = Text.Count(dropped.Count, "day", "days");
            Console.WriteLine($"Verified and dropped the events of {days}: {Text.Day(dropped[0])} to {Text.Day(dropped[^1])}.");
        }

        Console.WriteLine(partitions.Count == 0
            ? "The events have no day partitions. Add them with --add-from DAY --add-through DAY."
            : $"{Text.Count(partitions.Count, "day has a partition", "days have partitions")}: "
                + $"{Text.Day(partitions[0])} to {Text.Day(partitions[^1])}.");
    }
}

using System.CommandLine;
using Settlements.MySql;

namespace Settlements.Cli;

/// <summary>
/// <c>partitions</c>: day partitions of the event table on a server, added for coming days and dropped for verified ones.
/// </summary>
internal static class PartitionsCommand
{
    public static Command Create(CommonOptions common)
    {
        var from = CommandOptions.Date("--add-from", "With --add-through: the first day to have a partition. Needed for the first ones.",
            required: false);
        var through = CommandOptions.Date("--add-through", "Add partitions through this day, included.", required: false);
        var before = CommandOptions.Date("--drop-before", "Verify the days before this one, and drop their events.", required: false);
        var command = new Command(
            "partitions",
            "Day partitions of the events, on --store mysql: lists them; adds coming days; drops the events of old days once they are "
            + "verified.")
        {
            from, through, before,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await common.OpenOrCreateAsync(parsed, cancellationToken);
            var partitions = session.Find<EventPartitions>()
                ?? throw new UsageException("Only the events of --store mysql can have partitions: an SQLite file is one table.");
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
            return ExitCode.Done;
        });
        return command;
    }

    private static DateOnly? Given(ParseResult parsed, Option<DateOnly> option) =>
        parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : null;

    private static async Task<IReadOnlyList<DateOnly>> AddAsync(EventPartitions partitions, DateOnly? from, DateOnly? through,
        CancellationToken cancellationToken)
    {
        if (through is not { } last)
            return from is null ? [] : throw new UsageException("--add-from needs --add-through DAY.");
        var present = await partitions.ListAsync(cancellationToken);
        var first = from ?? (present.Count > 0 ? present[^1]
            : throw new UsageException("The table has no partitions yet: say with --add-from which day is the first."));
        return first <= last
            ? await partitions.AddAsync(new DateRange(first, last), cancellationToken)
            : from is null ? [] : throw new UsageException(
                $"--add-from {first:yyyy-MM-dd} is after --add-through {last:yyyy-MM-dd}. Both are included; swap them.");
    }

    private static void Print(IReadOnlyList<DateOnly> added, IReadOnlyList<DateOnly> dropped, IReadOnlyList<DateOnly> days)
    {
        if (added.Count > 0)
            Console.WriteLine($"Added {Text.Count(added.Count, "day", "days")}: {Text.Day(added[0])} to {Text.Day(added[^1])}.");
        if (dropped.Count > 0)
            Console.WriteLine($"Verified and dropped the events of {Text.Count(dropped.Count, "day", "days")}: {Text.Day(dropped[0])} to {Text.Day(dropped[^1])}.");
        Console.WriteLine(days.Count == 0
            ? "The events have no day partitions. Add them with --add-from DAY --add-through DAY."
            : $"{Text.Count(days.Count, "day has a partition", "days have partitions")}: {Text.Day(days[0])} to {Text.Day(days[^1])}.");
    }
}

using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Notifications;
using Settlement.SampleHost.Output;
using Settlement.SampleHost.Scheduling;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.DemoData;

/// <summary>
/// Imports the bundled data, closes its days that have ended, seeds the platform and prints the figures. Completed work is not repeated; an
/// interrupted start is resumed.
/// </summary>
internal static class DemoRun
{
    public static async Task RunDemoAsync(this WebApplication app, CancellationToken cancellationToken = default)
    {
        var engine = app.Services.GetRequiredService<SettlementEngine>();
        var calendar = app.Services.GetRequiredService<BusinessCalendar>();
        var days = await app.Services.GetRequiredService<DemoShift>().ApplyAsync(cancellationToken);
        var imported = await engine.Pipelines.RunAsync(
            ImportDemoStep.Pipeline(engine, calendar, days), options: null, progress: null, cancellationToken);

        // In the grace period after midnight, the last day is left to the schedule.
        var due = app.Services.GetRequiredService<DayCloses>().LastDue();
        var last = days.Last < due ? days.Last : due;
        var closed = await engine.Days.CloseThroughAsync(last, progress: null, cancellationToken);
        await Console.Error.WriteLineAsync(WorkDone(imported.AlreadyCompleted, imported.Rows, closed.Count));
        await Console.Error.WriteLineAsync(
            $"Demo data: {Text.Days(new DateRange(TrendingFile.FirstDay, TrendingFile.LastDay))}"
            + (days.ShiftDays == 0 ? "." : $", moved by {Text.Count(days.ShiftDays, "day", "days")} to end on {Text.Day(days.Last)}."));
        await Console.Error.WriteLineAsync(await SeedAsync(app.Services, days, cancellationToken));

        await app.Services.GetRequiredService<AmountNotices>().CatchUpAsync(isStart: true, cancellationToken);

        var figures = await DemoFigures.ReadAsync(engine, calendar, last, cancellationToken);
        if (app.Configuration[HostArguments.Json] is not null)
            figures.PrintJson();
        else
            figures.Print();
        app.Lifetime.ApplicationStarted.Register(
            () => Console.Error.WriteLine($"Serving at {string.Join(" and ", app.Urls)}. Press Ctrl+C to stop."));
    }

    private static async Task<string> SeedAsync(IServiceProvider services, DemoDays days, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<FirstAdmin>().ApplyAsync(cancellationToken);
        return await ActivatorUtilities.CreateInstance<PlatformSeed>(scope.ServiceProvider, days).ApplyAsync(cancellationToken);
    }

    private static string WorkDone(bool isImported, long rows, int daysClosed)
    {
        if (isImported && daysClosed == 0)
            return "Nothing to do: the bundled data is imported and its days are closed.";
        var import = isImported ? "The bundled data was already imported" : $"Imported {Text.Number(rows)} events of {TrendingFile.Name}";
        return $"{import}; closed {Text.Count(daysClosed, "day", "days")}.";
    }
}

using System.CommandLine;
using Settlement.Calendars;
using Settlement.Pipelines;
using Settlement.SampleHost.DemoData;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Output;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Commands;

/// <summary>The program without a command: the bundled data from import to page. What is done already is not done again.</summary>
internal static class DemoCommand
{
    private const int PlacesShown = 5;

    public static void SetUp(RootCommand root, CommonOptions common)
    {
        var urls = CommandOptions.Text(
            "--urls", $"Where the page is served; ASPNETCORE_URLS does the same. Default: {PlatformHost.DefaultUrl}", "URL", required: false);
        root.Add(urls);
        root.SetAction(async (parsed, cancellationToken) =>
        {
            await using var app = PlatformHost.Build(common.Store(parsed), parsed.GetValue(urls));
            await PlatformHost.ApplySchemaAsync(app.Services, cancellationToken);
            await using var session = Session.Over(app.Services);
            var imported = await ImportAsync(session, cancellationToken);
            var closed = await CloseCommand.CloseAsync(session, TrendingFile.LastDay, cancellationToken);
            await Console.Error.WriteLineAsync(WorkDone(imported, closed.Count));
            await Console.Error.WriteLineAsync(await SeedAsync(app.Services, cancellationToken));
            await PrintAsync(session, common.IsJson(parsed), cancellationToken);
            await PlatformServer.RunAsync(app, cancellationToken);
            return ExitCode.Done;
        });
    }

    private static Task<RunReport> ImportAsync(Session session, CancellationToken cancellationToken) =>
        ProgressView.RunAsync($"Importing {TrendingFile.Name}", view => session.Engine.Pipelines.RunAsync(
            ImportDemoStep.Pipeline(session.Engine, session.Calendar),
            options: null,
            new ProgressMap<RunProgress>(view, p => new WorkState(p.Fraction, $"day {p.ChunksDone} of {p.ChunksTotal}")),
            cancellationToken));

    private static async Task<string> SeedAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<FirstAdmin>().ApplyAsync(cancellationToken);
        return await ActivatorUtilities.CreateInstance<PlatformSeed>(scope.ServiceProvider).ApplyAsync(cancellationToken);
    }

    private static string WorkDone(RunReport imported, int daysClosed)
    {
        if (imported.AlreadyCompleted && daysClosed == 0)
            return "Nothing to do: the bundled data is imported and its days are closed.";
        var import = imported.AlreadyCompleted ? "The bundled data is imported already" : $"Imported {Text.Number(imported.Rows)} events of {TrendingFile.Name}";
        return $"{import}; closed {Text.Count(daysClosed, "day", "days")}.";
    }

    private static async Task PrintAsync(Session session, bool isJson, CancellationToken cancellationToken)
    {
        var date = TrendingFile.LastDay;
        var week = await PublishedPeriod.FindAsync(session, CalendarPeriod.Week, date, cancellationToken);
        var month = await PublishedPeriod.FindAsync(session, CalendarPeriod.Month, date, cancellationToken);
        var top = await session.Engine.Rankings.TopAsync(CalendarPeriod.Week, date, SampleRules.Views, PlacesShown, payeeId: null, cancellationToken);
        var payees = await session.Engine.Statements.ReadAllAsync(CalendarPeriod.Month, date, cancellationToken);
        if (isJson)
        {
            Json.Print(new
            {
                Week = new { week.Days.First, week.Days.Last, Meter = SampleRules.Views, Items = top.Items },
                Month = new
                {
                    month.Days.First, month.Days.Last, month.PublishedDays,
                    Payees = payees.Payees.Take(PlacesShown).Select(p => new { p.PayeeId, Totals = p.Totals.Select(AmountJson.Of) }),
                },
            });
            return;
        }

        TopCommand.Print(week, SampleRules.Views, payee: null, top.Items);
        Console.WriteLine($"The {PlacesShown} best paid of {Text.Number(payees.Payees.Count)} channels, {month}");
        SettlementCommand.PrintPayees([.. payees.Payees.Take(PlacesShown)]);
        Console.WriteLine("Views are real (YouTube's US trending list, Kaggle datasnaek/youtube, CC0); ad views are made up: one for every three views.");
    }
}

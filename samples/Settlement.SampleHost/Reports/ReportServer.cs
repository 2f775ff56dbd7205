using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Settlement.SampleHost.Commands;

namespace Settlement.SampleHost.Reports;

/// <summary>Serves the page until it is stopped.</summary>
internal static class ReportServer
{
    public const string DefaultUrl = "http://localhost:5080";

    public static async Task RunAsync(Session session, string? urls, CancellationToken cancellationToken)
    {
        await using var app = Build(session, urls);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new UsageException(
                $"{e.Message.TrimEnd('.')}. Stop the program that uses it, or serve elsewhere: --urls http://localhost:5081");
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or IOException)
        {
            throw new UsageException($"The page can't be served: {e.Message} Give an address like --urls {DefaultUrl}");
        }

        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        await Console.Error.WriteLineAsync($"Serving at {string.Join(" and ", addresses)} — Ctrl+C stops.");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await app.StopAsync(CancellationToken.None);
        }
    }

    private static WebApplication Build(Session session, string? urls)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.AddWarningsToStandardError();

        // A start that fails is said once, by the caller, in one sentence.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.AddSingleton<IHostLifetime, StoppedByCaller>();
        builder.Services.AddSingleton(new ReportReader(session));
        builder.Services.AddSingleton<PageRenderer>();
        if (urls is not null)
            builder.WebHost.UseUrls(urls);
        else if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null)
            builder.WebHost.UseUrls(DefaultUrl);

        var app = builder.Build();
        app.UseExceptionHandler(errors => errors.Run(context => ReportPages.BrokenAsync(context.Response, app.Services.GetRequiredService<PageRenderer>())));
        app.MapReports();
        return app;
    }

    /// <summary>The command line handles the signals.</summary>
    private sealed class StoppedByCaller : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

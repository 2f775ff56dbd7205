using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Settlement.SampleHost.Commands;

namespace Settlement.SampleHost.Hosting;

/// <summary>Serves the platform until it is stopped.</summary>
internal static class PlatformServer
{
    public static async Task RunAsync(WebApplication app, CancellationToken cancellationToken)
    {
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
            throw new UsageException($"The page can't be served: {e.Message} Give an address like --urls {PlatformHost.DefaultUrl}");
        }

        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        await Console.Error.WriteLineAsync($"Serving at {string.Join(" and ", addresses)} — Ctrl+C stops.");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // From here on it is not ready, and still serves; then requests under way end, the schedule, and the sending of events, in this order.
            app.Services.GetRequiredService<Stopping>().Tell();
            await Task.Delay(app.Services.GetRequiredService<IOptions<ShutdownOptions>>().Value.Delay, CancellationToken.None);
            await app.StopAsync(CancellationToken.None);
        }
    }
}

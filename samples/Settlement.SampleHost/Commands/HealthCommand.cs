using System.CommandLine;
using System.CommandLine.Parsing;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Commands;

/// <summary><c>health</c>: asks a host whether it is ready, for a container that has no other program to ask with.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    public static Command Create()
    {
        var url = new Option<Uri>("--url")
        {
            Description = $"The host's address. Default: {PlatformHost.DefaultUrl}",
            HelpName = "URL",
            DefaultValueFactory = _ => new Uri(PlatformHost.DefaultUrl),
            CustomParser = Parse,
        };
        var command = new Command("health", "Ask a host that serves whether it is ready.") { url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var asked = new Uri(parsed.GetValue(url)!, HealthRoutes.Ready);
            using var client = new HttpClient { Timeout = Patience };
            try
            {
                using var answer = await client.GetAsync(asked, cancellationToken);
                Console.WriteLine(await answer.Content.ReadAsStringAsync(cancellationToken));
                return answer.IsSuccessStatusCode ? ExitCode.Done : ExitCode.Wrong;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new UsageException($"No host answers at {asked} within {Patience.TotalSeconds:0} s: {e.Message}");
            }
        });
        return command;
    }

    private static Uri? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https"))
            return address;
        result.AddError($"'{text}' is no address of a host. Write it like {PlatformHost.DefaultUrl}");
        return null;
    }
}

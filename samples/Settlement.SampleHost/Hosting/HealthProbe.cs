namespace Settlement.SampleHost.Hosting;

/// <summary><c>health</c>: asks a host whether it is ready, for a container that has no other program to ask with.</summary>
internal static class HealthProbe
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(8);

    /// <param name="args"><c>--url URL</c>, or nothing for the default address.</param>
    /// <returns>0 when the host is ready, 2 when it is not.</returns>
    /// <exception cref="StartException">The address is wrong, or no host answers.</exception>
    public static async Task<int> RunAsync(string[] args)
    {
        var asked = new Uri(Address(args), HealthRoutes.Ready);
        using var client = new HttpClient { Timeout = TimeLimit };
        try
        {
            using var answer = await client.GetAsync(asked);
            Console.WriteLine(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? 0 : 2;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            throw new StartException($"No host answers at {asked} within {TimeLimit.TotalSeconds:0} s: {e.Message}");
        }
    }

    private static Uri Address(string[] args) => args switch
    {
        [] => new Uri(HostArguments.DefaultUrl),
        ["--url", var url] when Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" => address,
        ["--url", var url] => throw new StartException($"'{url}' is no address of a host. Write it like {HostArguments.DefaultUrl}"),
        _ => throw new StartException($"'health {string.Join(' ', args)}' is not understood. Use: health --url {HostArguments.DefaultUrl}"),
    };
}

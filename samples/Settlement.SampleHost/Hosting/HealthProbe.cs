namespace Settlement.SampleHost.Hosting;

/// <summary>The command <c>health</c>: requests the readiness of a host, for containers without curl.</summary>
internal static class HealthProbe
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(8);

    /// <param name="args"><c>--url URL</c>, or nothing for the default address.</param>
    /// <returns>0 if the host is ready, otherwise 2.</returns>
    /// <exception cref="StartException">The address is invalid, or there is no response.</exception>
    public static async Task<int> RunAsync(string[] args)
    {
        var address = new Uri(Address(args), HealthRoutes.Ready);
        using var client = new HttpClient { Timeout = TimeLimit };
        try
        {
            using var response = await client.GetAsync(address);
            Console.WriteLine(await response.Content.ReadAsStringAsync());
            return response.IsSuccessStatusCode ? 0 : 2;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            throw new StartException($"No response from {address} (timeout {TimeLimit.TotalSeconds:0} s): {e.Message}");
        }
    }

    private static Uri Address(string[] args) => args switch
    {
        [] => new Uri(HostArguments.DefaultUrl),
        ["--url", var url] when Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" => address,
        ["--url", var url] =>
            throw new StartException($"--url '{url}' is not an HTTP address. Use an address such as {HostArguments.DefaultUrl}"),
        _ => throw new StartException($"Unknown arguments 'health {string.Join(' ', args)}'. Use: health --url {HostArguments.DefaultUrl}"),
    };
}

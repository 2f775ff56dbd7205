namespace Settlements.ClickHouse.Tests;

/// <summary>Watches the statements of a source, and answers in place of the server where a test says so.</summary>
/// <param name="around">Called with each statement; returns the answer in place of the server's, or null.</param>
internal sealed class Between(Func<string, Task<HttpResponseMessage?>> around) : DelegatingHandler(new SocketsHttpHandler
{
    PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1),
})
{
    /// <summary>Whether a statement sums the groups of a slice with rows.</summary>
    public static bool IsGroups(string sql) =>
        sql.Contains("GROUP BY `item`", StringComparison.Ordinal) && !sql.Contains("(1 = 0)", StringComparison.Ordinal);

    /// <summary>Sets the client of the options.</summary>
    public static void Use(ClickHouseOptions options, Func<string, Task<HttpResponseMessage?>> around)
    {
        var client = new HttpClient(new Between(around));
        options.HttpClient = _ => client;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sql = await request.Content!.ReadAsStringAsync(cancellationToken);
        return await around(sql) ?? await base.SendAsync(request, cancellationToken);
    }
}

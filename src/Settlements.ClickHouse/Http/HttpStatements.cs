using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Settlements.ClickHouse;

/// <summary>Executes statements over the HTTP interface, with the settings under which no row is left out silently.</summary>
internal sealed class HttpStatements : IStatements, IDisposable
{
    /// <summary>
    /// The number of rows of a sum at most: the sums of both halves of quantities then can't exceed 64 bits.
    /// </summary>
    public const long RowsMax = 1_000_000_000;

    /// <summary>The longest part of an error that is read, in bytes.</summary>
    private const int ErrorBytesMax = 16 * 1024;

    /// <summary>
    /// A profile of the user may set these otherwise: a shard that is down, a limit or a stale replica would then change sums silently. All
    /// exist since 18.16.
    /// </summary>
    internal static readonly string[] Settings =
    [
        "wait_end_of_query=1", "skip_unavailable_shards=0", "fallback_to_stale_replicas_for_distributed_queries=0",
        "max_parallel_replicas=1", "distributed_group_by_no_merge=0", "empty_result_for_aggregation_by_empty_set=0", "extremes=0",
        "join_use_nulls=1", "group_by_overflow_mode=throw", "read_overflow_mode=throw", "timeout_overflow_mode=throw",
        "result_overflow_mode=throw", "join_overflow_mode=throw", "set_overflow_mode=throw", "sort_overflow_mode=throw",
        "distinct_overflow_mode=throw", "transfer_overflow_mode=throw",
    ];

    private readonly ClickHouseOptions _options;
    private readonly Func<HttpClient> _client;
    private readonly HttpClient? _own;
    private readonly TimeProvider _clock;
    private readonly Uri _address;

    public HttpStatements(ClickHouseOptions options, IServiceProvider services, TimeProvider clock)
    {
        (_options, _clock) = (options, clock);
        var endpoint = new Uri(options.Endpoint);
        var settings = options.Database is { } database ? [.. Settings, $"database={Uri.EscapeDataString(database)}"] : Settings;
        _address = new UriBuilder(endpoint) { Query = string.Join('&', settings) }.Uri;
        Server = endpoint.Authority;
        if (options.HttpClient is { } given)
        {
            _client = () => given(services);
            return;
        }

        var own = NewClient();
        (_own, _client) = (own, () => own);
    }

    public string Server { get; }

    public async Task ReadAsync(string sql, IRowReader rows, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.CommandTimeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var request = Request(sql);
            using var answer = await _client().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token)
                .ConfigureAwait(false);
            await RequireSuccessAsync(answer, both.Token).ConfigureAwait(false);
            var stream = await answer.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false);
            await using var _ = stream.ConfigureAwait(false);
            await RowStream.ReadAsync(Server, stream, rows, both.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ClickHouseException($"ClickHouse at {Server}: {e.Message}", 0, isTransient: true, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ClickHouseException(
                $"ClickHouse at {Server} did not answer within {_options.CommandTimeout}, or the limit of the given client. Raise "
                + "CommandTimeout, or sum fewer rows at a time: SliceRowsMax.", 0, isTransient: true, e);
        }
    }

    public void Dispose() => _own?.Dispose();

    private HttpRequestMessage Request(string sql)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = new StringContent($"{sql} FORMAT RowBinary", Encoding.UTF8, "text/plain"),
        };
        if (!Ascii.IsValid(_options.User) || !Ascii.IsValid(_options.Password))
        {
            // A header of a client of the application has ASCII characters only.
            var user = _options.User.Length > 0 ? _options.User : "default";
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{_options.Password}")));
            return request;
        }

        if (_options.User.Length > 0)
            request.Headers.TryAddWithoutValidation("X-ClickHouse-User", _options.User);
        if (_options.Password.Length > 0)
            request.Headers.TryAddWithoutValidation("X-ClickHouse-Key", _options.Password);
        return request;
    }

    /// <summary>Throws when the server answered with an error, also where the status is 200.</summary>
    private async Task RequireSuccessAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var code = answer.Headers.TryGetValues("X-ClickHouse-Exception-Code", out var codes)
            && int.TryParse(codes.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        if (answer.StatusCode == HttpStatusCode.OK && code == 0)
            return;
        var text = await ErrorAsync(answer, cancellationToken).ConfigureAwait(false);
        throw code != 0 ? ClickHouseException.Of(Server, code, text)
            : ClickHouseException.Find(Server, text) ?? new ClickHouseException(
                string.Create(CultureInfo.InvariantCulture, $"ClickHouse at {Server} answered with the status {(int)answer.StatusCode}: ")
                + MessageText.Escape(text.Trim(), 200), 0,
                answer.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
                    or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout);
    }

    private static async Task<string> ErrorAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var stream = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        var bytes = new byte[ErrorBytesMax];
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(bytes, 0, read);
    }

    private static HttpClient NewClient() => new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10), MaxConnectionsPerServer = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
        })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}

using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>Answers with the hosts as they are seen now, in the form that is asked for. Thread-safe.</summary>
internal sealed class ServersEndpoint(MultiHostDataSource source, TimeProvider clock)
{
    private const string Html = "text/html";

    // The page has a style of its own and nothing else: whatever a server's name or fault says, nothing of it runs.
    private static readonly string ContentSecurityPolicy =
        $"default-src 'none'; style-src '{ServersStyle.Hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public async Task AnswerAsync(HttpContext context)
    {
        var (response, hosts, asOf) = (context.Response, source.Servers, clock.GetUtcNow());
        response.Headers.CacheControl = "no-store";
        response.Headers.Vary = HeaderNames.Accept;
        response.Headers.XContentTypeOptions = "nosniff";
        if (PrefersHtml(context.Request))
        {
            response.ContentType = $"{Html}; charset=utf-8";
            response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
            await response.WriteAsync(ServersPage.Render(hosts, asOf), context.RequestAborted).ConfigureAwait(false);
            return;
        }

        response.ContentType = "application/json; charset=utf-8";
        var body = JsonSerializer.SerializeToUtf8Bytes(ServersReport.Of(hosts, asOf), ServersJson.Default.ServersReport);
        await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>HTML for who names it, and doesn't like JSON better. What says <c>*/*</c> alone is no browser.</summary>
    private static bool PrefersHtml(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        var html = Quality(accepted, Html);
        return html > 0 && html >= Quality(accepted, "application/json");
    }

    private static double Quality(IEnumerable<MediaTypeHeaderValue> accepted, string mediaType) =>
        accepted.Where(a => a.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)).Select(a => a.Quality ?? 1).DefaultIfEmpty(0).Max();
}

using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>Responds with the current status of the servers, as HTML or JSON. Thread-safe.</summary>
internal sealed class ServersEndpoint(MultiHostDataSource source, TimeProvider clock)
{
    private const string Html = "text/html";

    // Only the page's own style is allowed, so that nothing in a server's name or error message can run.
    private static readonly string ContentSecurityPolicy =
        $"default-src 'none'; style-src '{ServersStyle.Hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public async Task RespondAsync(HttpContext context)
    {
        var (response, servers, asOf) = (context.Response, source.Servers, clock.GetUtcNow());
        response.Headers.CacheControl = "no-store";
        response.Headers.Vary = HeaderNames.Accept;
        response.Headers.XContentTypeOptions = "nosniff";
        if (PrefersHtml(context.Request))
        {
            response.ContentType = $"{Html}; charset=utf-8";
            response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
            await response.WriteAsync(ServersPage.Render(servers, asOf), context.RequestAborted).ConfigureAwait(false);
            return;
        }

        response.ContentType = "application/json; charset=utf-8";
        var body = JsonSerializer.SerializeToUtf8Bytes(ServersReport.Of(servers, asOf), ServersJson.Default.ServersReport);
        await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>
    /// Returns whether the request accepts HTML by name, with at least the quality of JSON. A request that accepts only <c>*/*</c> is not a
    /// browser's.
    /// </summary>
    private static bool PrefersHtml(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        var html = Quality(accepted, Html);
        return html > 0 && html >= Quality(accepted, "application/json");
    }

    private static double Quality(IEnumerable<MediaTypeHeaderValue> accepted, string mediaType) =>
        accepted.Where(a => a.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)).Select(a => a.Quality ?? 1)
            .DefaultIfEmpty(0).Max();
}

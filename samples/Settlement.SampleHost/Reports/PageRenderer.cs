using System.Net;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Settlement.SampleHost.Reports;

/// <summary>
/// Renders a Razor component to a whole page, once, on the server. The page has no form to protect and nothing interactive, so it does
/// without the services of Blazor endpoints, which would make keys in the user's home folder.
/// </summary>
internal sealed class PageRenderer(IServiceProvider services, ILoggerFactory loggers)
{
    // Nothing but the page itself: no script, no font, no image from anywhere.
    private const string SecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'self'";

    public async Task WriteAsync<TPage>(HttpResponse response, HttpStatusCode code, Dictionary<string, object?> parameters)
        where TPage : IComponent
    {
        await using var renderer = new HtmlRenderer(services, loggers);
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(parameters))).ToHtmlString());
        response.StatusCode = (int)code;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = SecurityPolicy;
        await response.WriteAsync(html, Encoding.UTF8);
    }
}

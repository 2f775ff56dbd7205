using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Playwright;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>Pages that arrive in pieces, as over a slow network or on a busy machine.</summary>
public sealed class SlowPageTests(Chromium chromium)
{
    private const int Pieces = 12;

    private static readonly TimeSpan PieceDelay = TimeSpan.FromMilliseconds(50);

    [Theory]
    [InlineData(ColorScheme.Dark, 360, "ko-KR")]
    [InlineData(ColorScheme.Light, 1_120, "en-US")]
    public async Task A_page_that_arrives_in_pieces_does_not_shift(ColorScheme scheme, int width, string locale)
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        await platform.RegisterAsync(lengthSeconds: 700);
        await using var slow = await StartSlowAsync(platform.Address);
        await using var visitor = await chromium.VisitAsync(new Uri(slow.Urls.First()), scheme, width, locale);

        foreach (var path in (string[])["/", "/videos", "/signup", "/nothing"])
        {
            await visitor.GoAsync(path);
            (await visitor.Page.EvaluateAsync<bool>("document.querySelector('footer form') !== null")).Should().BeTrue(path);
            (await visitor.Page.LayoutShiftAsync()).Should().Be(0, path);
        }
    }

    /// <summary>Starts a proxy that sends HTML in pieces, with a delay after each.</summary>
    private static async Task<WebApplication> StartSlowAsync(Uri address)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var client = new HttpClient { BaseAddress = address };
        app.Lifetime.ApplicationStopped.Register(client.Dispose);
        app.Run(context => SendAsync(client, context));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task SendAsync(HttpClient client, HttpContext context)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, context.Request.Path + context.Request.QueryString);
        request.Headers.TryAddWithoutValidation("Accept-Language", context.Request.Headers.AcceptLanguage.ToString());
        using var answer = await client.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        var bytes = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        var isPage = context.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) == true;
        foreach (var piece in bytes.Chunk(isPage ? Math.Max(bytes.Length / Pieces, 1) : Math.Max(bytes.Length, 1)))
        {
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (isPage)
                await Task.Delay(PieceDelay, context.RequestAborted);
        }
    }
}

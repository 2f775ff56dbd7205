using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Settlements.Routing;

namespace Settlements.AspNetCore.Tests.CausalTokens;

/// <summary>An application whose endpoints write and read with the request's causal session.</summary>
internal static class Shop
{
    public const string Cookie = "causal-token";
    public const string Header = "Causal-Token";

    public static Task<App> StartAsync(
        Action<CausalTokenOptions>? configure = null, IDataProtectionProvider? keys = null, Action<WebApplication>? before = null) =>
        App.StartAsync(
            services => services.AddCausalTokens(configure),
            app =>
            {
                before?.Invoke(app);
                app.UseRouting();
                app.UseCausalTokens();
                MapRoutes(app);
            },
            keys);

    /// <summary>Returns the cookie's value in a response; null when it is not set.</summary>
    public static string? CookieOf(HttpResponseMessage response) => SetCookies(response) switch
    {
        [] => null,
        [var cookie] => cookie[(Cookie.Length + 1)..cookie.IndexOf(';', StringComparison.Ordinal)],
        var many => throw new InvalidOperationException($"The cookie is set {many.Count} times."),
    };

    public static IReadOnlyList<string> SetCookies(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Set-Cookie", out var all)
            ? [.. all.Where(c => c.StartsWith(Cookie + "=", StringComparison.Ordinal))]
            : [];

    public static string? HeaderOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(Header, out var all) ? all.Single() : null;

    public static HttpRequestMessage With(string method, string path, string header, string value)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation(header, value).Should().BeTrue();
        return request;
    }

    public static async Task WriteAsync(CausalSession session)
    {
        await using var connection = await session.OpenWriteAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await session.CommitAsync(transaction);
    }

    private static void MapRoutes(WebApplication app)
    {
        app.MapMethods("/write", ["POST", "HEAD"], (CausalSession session) => WriteAsync(session));
        app.MapPost("/write-twice", async (CausalSession session) =>
        {
            await WriteAsync(session);
            await WriteAsync(session);
        });
        app.MapPost("/write-then-redirect", async (CausalSession session) =>
        {
            await WriteAsync(session);
            return Results.Redirect("/read");
        });
        app.MapPost("/write-then-fail", async (CausalSession session) =>
        {
            await WriteAsync(session);
            throw new InvalidOperationException("Broken after the commit.");
        });
        app.MapPost("/begin-then-write", async (HttpContext context, CausalSession session) =>
        {
            await context.Response.WriteAsync("first");
            await WriteAsync(session);
        });
        app.MapPost("/write-cached", async (HttpContext context, CausalSession session, string cache) =>
        {
            context.Response.Headers.CacheControl = cache;
            await WriteAsync(session);
        });
        app.MapGet("/read", ReadAsync);
        app.MapGet("/error", ReadAsync);
        app.MapPost("/error", ReadAsync);
    }

    /// <summary>Responds with the name of the server that the read was routed to.</summary>
    private static async Task<string> ReadAsync(CausalSession session)
    {
        await using var connection = await session.OpenReadAsync();
        return connection.DataSource;
    }
}

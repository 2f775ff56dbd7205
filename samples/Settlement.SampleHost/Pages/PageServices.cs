using System.Data.Common;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Settlement.SampleHost.Assets;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Languages;
using Settlement.SampleHost.Pages.Layout;
using Settlement.SampleHost.Reports;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Pages;

/// <summary>Registers and maps the pages: rendered on the server, each for its request.</summary>
internal static class PageServices
{
    public static void AddPages(this IServiceCollection services)
    {
        services.AddSingleton<AssetFiles>();
        services.AddLocalization();
        services.AddSingleton<JsonStringLocalizer>();
        services.AddSingleton<DisplayFormat>();
        services.AddRazorComponents();
    }

    public static void MapPages(this WebApplication app)
    {
        app.Services.GetRequiredService<AssetFiles>().Map(app);
        app.MapRazorComponents<App>();
        app.MapPost("/logout", LogOutAsync);
        app.MapGet("/health", HealthAsync);
        app.MapGet("/api-examples.http", ExamplesAsync);
        Preferences.Map(app);
    }

    /// <summary>Writes an error page for a response without a body.</summary>
    public static Task StatusAsync(StatusCodeContext context) =>
        WriteAsync(context.HttpContext, context.HttpContext.Response.StatusCode, problem: null);

    /// <summary>Writes an error page for an exception.</summary>
    public static Task ErrorAsync(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        var status = error is null ? StatusCodes.Status500InternalServerError : ProblemDetailsHandler.StatusOf(error);
        if (status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = ProblemDetailsHandler.RetryAfterSeconds;
        return WriteAsync(context, status, error as PlatformException);
    }

    private static Task WriteAsync(HttpContext context, int status, PlatformException? problem) => new RazorComponentResult<ProblemPage>(
        new Dictionary<string, object?>
        {
            [nameof(ProblemPage.Http)] = context, [nameof(ProblemPage.Status)] = status, [nameof(ProblemPage.Problem)] = problem,
        })
    {
        StatusCode = status,
    }.ExecuteAsync(context);

    /// <summary>Serves the example requests of the API, with the address of this host.</summary>
    private static async Task<Utf8ContentHttpResult> ExamplesAsync(HttpContext context, CancellationToken cancellationToken)
    {
        using var file = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("platform.http")!);
        return TypedResults.Text(
            Encoding.UTF8.GetBytes((await file.ReadToEndAsync(cancellationToken)).Replace(
                "http://localhost:5080", $"{context.Request.Scheme}://{context.Request.Host}", StringComparison.Ordinal)),
            "text/plain; charset=utf-8");
    }

    private static async Task LogOutAsync(HttpContext context, IAntiforgery antiforgery, SignIns signIns)
    {
        await antiforgery.ValidateRequestAsync(context);
        await signIns.LogOutAsync();
        context.Response.Redirect("/");
    }

    private static async Task<JsonHttpResult<Health>> HealthAsync(Periods periods, CancellationToken cancellationToken)
    {
        try
        {
            return TypedResults.Json(new Health("ok", (await periods.FindClosedAsync(cancellationToken))?.Last));
        }
        catch (DbException)
        {
            return TypedResults.Json(new Health("the database is unavailable", null), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    internal sealed record Health(
        string Status, [property: System.Text.Json.Serialization.JsonPropertyName("last_closed_day")] DateOnly? LastClosedDay);
}

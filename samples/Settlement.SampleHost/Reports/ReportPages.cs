using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Settlement.Calendars;

namespace Settlement.SampleHost.Reports;

/// <summary>What is at which address.</summary>
internal static class ReportPages
{
    public static void AddReports(this IServiceCollection services)
    {
        services.AddSingleton(p => p.GetRequiredService<IOptions<SettlementOptions>>().Value.Calendar!);
        services.AddSingleton<ReportReader>();
        services.AddSingleton<Periods>();
        services.AddSingleton<Statistics>();
        services.AddSingleton<Earnings>();
        services.AddSingleton<EarningsCsv>();
        services.AddSingleton<PageRenderer>();
    }

    public static void MapReports(this WebApplication app)
    {
        app.MapGet("/", ReportAsync);
        app.MapGet("/health", HealthAsync);
    }

    /// <summary>What a person sees instead of a bare status.</summary>
    public static Task StatusAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        var pages = http.RequestServices.GetRequiredService<PageRenderer>();
        return http.Response.StatusCode == StatusCodes.Status404NotFound
            ? MessageAsync(http.Response, pages, HttpStatusCode.NotFound, "There is no such page", "All figures are on one page.")
            : MessageAsync(http.Response, pages, (HttpStatusCode)http.Response.StatusCode, "That can't be done here", "Go back to the page before.");
    }

    public static Task BrokenAsync(HttpContext context) => MessageAsync(
        context.Response, context.RequestServices.GetRequiredService<PageRenderer>(), HttpStatusCode.InternalServerError, "The figures can't be read",
        "Something is wrong with the database; the console says what. Then try again.");

    private static async Task ReportAsync(HttpResponse response, PageRenderer pages, ReportReader reports, string? date, CancellationToken stopped)
    {
        if (!TryReadDate(date, out var asked))
        {
            await MessageAsync(
                response, pages, HttpStatusCode.BadRequest, "That is no date to show",
                $"“{date}” can't be read as one. Write it as yyyy-MM-dd, for example ?date=2017-10-22.");
            return;
        }

        var report = await reports.ReadAsync(asked, stopped);
        await pages.WriteAsync<ReportPage>(response, HttpStatusCode.OK, new() { [nameof(ReportPage.Report)] = report });
    }

    private static bool TryReadDate(string? text, out DateOnly? date)
    {
        date = null;
        if (string.IsNullOrEmpty(text))
            return true;
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return false;
        date = day;

        // A year from either end, so that the neighbours of its week and month are dates, too.
        return day > BusinessCalendar.FirstDay.AddYears(1) && day < BusinessCalendar.LastDay.AddYears(-1);
    }

    private static async Task<JsonHttpResult<Health>> HealthAsync(ReportReader reports, CancellationToken stopped)
    {
        try
        {
            return TypedResults.Json(new Health("ok", (await reports.FindClosedAsync(stopped))?.Last));
        }
        catch (DbException)
        {
            return TypedResults.Json(new Health("the database can't be read", null), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static Task MessageAsync(HttpResponse response, PageRenderer pages, HttpStatusCode code, string title, string text) =>
        pages.WriteAsync<MessagePage>(response, code, new() { [nameof(MessagePage.Title)] = title, [nameof(MessagePage.Text)] = text });

    private sealed record Health(string Status, [property: JsonPropertyName("last_closed_day")] DateOnly? LastClosedDay);
}

using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Reports;
using Settlements;

namespace Settlement.SampleHost.Pages.Parts;

/// <summary>The period of a page, from its query parameters <c>period</c>, <c>date</c>, <c>from</c> and <c>to</c>.</summary>
/// <param name="Shown">The displayed period: the requested one, or the page's default.</param>
/// <param name="Closed">From the first closed day to the last, of all days; null if no day is closed.</param>
/// <param name="Query">The request.</param>
/// <param name="Problem">The error of the request; null if it is valid.</param>
public sealed record PagePeriod(ReportPeriod Shown, DateRange? Closed, PeriodQuery Query, Exception? Problem)
{
    /// <summary>Reads the period. If it is invalid, sets the response's status, and returns the default with the error.</summary>
    /// <param name="http">The request.</param>
    /// <param name="periods">Parses the period.</param>
    /// <param name="period">The period of a request that names none.</param>
    internal static async Task<PagePeriod> ReadAsync(HttpContext http, Periods periods, string period)
    {
        var query = new PeriodQuery { Period = Value("period"), Date = Value("date"), From = Value("from"), To = Value("to") };
        var closed = await periods.FindClosedAsync(http.RequestAborted);
        try
        {
            var requested = query.Period is null && query.From is null && query.To is null ? query with { Period = period } : query;
            return new PagePeriod(await periods.ReadAsync(requested, http.RequestAborted), closed, query, null);
        }
        catch (PlatformException e)
        {
            http.Response.StatusCode = e.Status;
            return new PagePeriod(await periods.ReadAsync(period, null, http.RequestAborted), closed, query, e);
        }

        string? Value(string name) => http.Request.Query[name].ToString() is { Length: > 0 } value ? value : null;
    }
}

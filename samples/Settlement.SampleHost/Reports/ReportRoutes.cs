using Microsoft.AspNetCore.Http.HttpResults;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Output;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>Endpoints under <c>/api/statistics</c> and <c>/api/settlement</c>: figures of closed days.</summary>
internal static class ReportRoutes
{
    public const string EarningsPolicy = "earnings";

    public static void MapReportApi(this IEndpointRouteBuilder api)
    {
        var statistics = api.MapGroup("/statistics").WithTags("Statistics");
        statistics.MapGet("/top", TopAsync).WithSummary("Get the most viewed or longest watched videos of a period");
        statistics.MapGet("/top/own", TopOwnAsync).RequireAuthorization(Roles.Creator)
            .WithSummary("Get the ranking of the caller's videos");

        var settlement = api.MapGroup("/settlement").WithTags("Settlement").RequireAuthorization(EarningsPolicy);
        settlement.MapGet("/", ReadAsync).WithSummary("Get the earnings of a period, in total and per video");
        settlement.MapGet("/statement", StatementAsync).WithSummary("Get the statement of a payee for a month");
        settlement.MapGet("/days", DaysAsync).WithSummary("Get the earnings per day, of all videos or of one");
        settlement.MapGet("/lines", LinesAsync).WithSummary("List the lines of a video");
        settlement.MapGet("/explanation", ExplainAsync).WithSummary("Explain the amount of a line, tier by tier");
        settlement.MapGet("/lines.csv", CsvAsync).WithSummary(
            "Download all lines of a period as CSV, with a byte order mark for spreadsheets unless bom=false");
        settlement.MapGet("/lines.xlsx", XlsxAsync).WithSummary("Download all lines of a period as a workbook");
        api.MapGet("/settlement/payees", PayeesAsync).WithTags("Settlement").RequireAuthorization(Roles.Admin)
            .WithSummary("Get the earnings per payee");
    }

    private static async Task<Ok<Ranking>> TopAsync(
        Statistics statistics, Periods periods, [AsParameters] PeriodQuery period, CancellationToken cancellationToken,
        string by = Statistics.ByViews, int count = 5) =>
        TypedResults.Ok(await statistics.TopAsync(
            await periods.ReadAsync(period, cancellationToken), by, count, null, cancellationToken));

    private static async Task<Ok<Ranking>> TopOwnAsync(
        Caller caller, Statistics statistics, Periods periods, [AsParameters] PeriodQuery period, CancellationToken cancellationToken,
        string by = Statistics.ByViews, int count = 5) =>
        TypedResults.Ok(await statistics.TopAsync(
            await periods.ReadAsync(period, cancellationToken), by, count, caller.PayeeId ?? "", cancellationToken));

    private static async Task<Ok<EarningsPage>> ReadAsync(
        Caller caller, Earnings earnings, Periods periods, [AsParameters] PeriodQuery period, CancellationToken cancellationToken,
        string? payee = null, string? after = null, int count = Paging.CountDefault)
    {
        var report = await earnings.ReadAsync(
            Earnings.Scope(caller, payee), await periods.ReadAsync(period, cancellationToken), after,
            Paging.Validate(count), cancellationToken);
        return TypedResults.Ok(new EarningsPage(report, report.Videos.Count < count ? null : Earnings.Key(report.Videos[^1])));
    }

    private static async Task<Ok<Statement>> StatementAsync(
        Caller caller, Earnings earnings, Periods periods, UserTable users, CancellationToken cancellationToken, string? month = null,
        string? payee = null)
    {
        var scope = Earnings.Scope(caller, payee)
            ?? throw PlatformException.BadRequest("payee is missing. GET /api/settlement/payees lists the payees of a period.");
        var day = string.IsNullOrEmpty(month)
            ? await periods.FindLatestAsync(cancellationToken)
            : Periods.ReadDay($"{month}-01", nameof(month));
        var report = await earnings.ReadAsync(
            scope, await periods.OfAsync(ReportPeriodKind.Month, day, cancellationToken), after: null, int.MaxValue, cancellationToken);
        return TypedResults.Ok(new Statement(scope, (await PayeeNames.FindAsync(users, [scope], cancellationToken)).Name(scope), report));
    }

    private static async Task<Ok<IReadOnlyList<DayEarnings>>> DaysAsync(
        Caller caller, Earnings earnings, Periods periods, [AsParameters] PeriodQuery period, CancellationToken cancellationToken,
        string? payee = null, string? video = null) =>
        TypedResults.Ok(await earnings.ReadDaysAsync(
            Earnings.Scope(caller, payee), video, await periods.ReadAsync(period, cancellationToken), cancellationToken));

    private static async Task<Ok<IEnumerable<Line>>> LinesAsync(
        Caller caller, Earnings earnings, Periods periods, [AsParameters] PeriodQuery period, CancellationToken cancellationToken,
        string? video = null, string? payee = null)
    {
        if (string.IsNullOrEmpty(video))
            throw PlatformException.BadRequest("video is missing. Give the id of a video.");
        var requested = await periods.ReadAsync(period, cancellationToken);
        return TypedResults.Ok(
            (await earnings.ReadLinesAsync(Earnings.Scope(caller, payee), video, requested, cancellationToken)).Select(Line.Of));
    }

    private static async Task<Ok<Explanation>> ExplainAsync(
        Caller caller, Earnings earnings, CancellationToken cancellationToken, string? day = null,
        string? meter = null, string? item = null,
        string? payee = null, string? usage = null, string? kind = null) =>
        TypedResults.Ok(Explanation.Of(await earnings.ExplainAsync(
            Earnings.Scope(caller, payee), Periods.ReadDay(day, nameof(day)), meter ?? "", item ?? "",
            string.IsNullOrEmpty(usage) ? null : Periods.ReadDay(usage, nameof(usage)), Earnings.KindOf(kind), cancellationToken)));

    private static async Task<PushStreamHttpResult> CsvAsync(
        Caller caller, EarningsCsv csv, Periods periods, [AsParameters] PeriodQuery period, CancellationToken cancellationToken,
        string? payee = null, bool bom = true)
    {
        var scope = Earnings.Scope(caller, payee);
        var requested = await periods.ReadAsync(period, cancellationToken);
        return TypedResults.Stream(
            stream => csv.WriteAsync(stream, scope, requested, bom, cancellationToken), EarningsCsv.ContentType,
            FileName(requested, "csv"));
    }

    private static async Task<FileStreamHttpResult> XlsxAsync(
        Caller caller, EarningsXlsx xlsx, Periods periods, [AsParameters] PeriodQuery period, CancellationToken cancellationToken,
        string? payee = null)
    {
        var scope = Earnings.Scope(caller, payee);
        var requested = await periods.ReadAsync(period, cancellationToken);
        return TypedResults.Stream(
            await xlsx.WriteAsync(scope, requested, cancellationToken), EarningsXlsx.ContentType, FileName(requested, "xlsx"));
    }

    private static string FileName(ReportPeriod period, string extension) =>
        $"settlement-{Text.Day(period.First)}-{Text.Day(period.Last)}.{extension}";

    private static async Task<Ok<Page<PayeeEarnings>>> PayeesAsync(
        Earnings earnings, Periods periods, [AsParameters] PeriodQuery period, CancellationToken cancellationToken, string? after = null,
        int count = Paging.CountDefault)
    {
        var payees = await earnings.ReadPayeesAsync(await periods.ReadAsync(period, cancellationToken), cancellationToken);
        var rest = string.IsNullOrEmpty(after) ? payees : payees.SkipWhile(p => p.PayeeId != after).Skip(1);
        var page = rest.Take(Paging.Validate(count)).Select(p => new PayeeEarnings(p.PayeeId, p.Sums.Total, PlatformMeters.CurrencyCode))
            .ToList();
        return TypedResults.Ok(Page.Of(page, count, p => p.PayeeId));
    }

    internal sealed record EarningsPage(EarningsReport Report, string? Next);

    internal sealed record PayeeEarnings(string PayeeId, decimal Amount, string Currency);

    /// <summary>The earnings of a payee in a month.</summary>
    /// <param name="PayeeId">The payee.</param>
    /// <param name="Payee">The name of the payee.</param>
    /// <param name="Report">The closed days of the month, and the earnings of all videos on them.</param>
    internal sealed record Statement(string PayeeId, string Payee, EarningsReport Report);

    /// <summary>A priced line.</summary>
    internal sealed record Line(
        DateOnly PostingDate, string Kind, DateOnly UsageDate, string Meter, string ItemId, string PayeeId,
        long Quantity, long CounterBefore,
        long CounterAfter, string RateScope, string RateVersion, decimal ExactAmount, decimal Amount, string Currency, string? Restates)
    {
        public static Line Of(SettlementLine line) => Of(line, line.Price!);

        private static Line Of(SettlementLine line, LinePrice price) => new(
            line.PostingDate, line.Kind.Name(), line.UsageDate, line.Meter, line.ItemId, line.PayeeId, line.Quantity, price.CounterBefore,
            price.CounterAfter, price.RateScope, price.RateVersion, price.ExactAmount, price.Amount, price.Currency.Code,
            line.Restates?.ToString());
    }

    internal sealed record Explanation(
        Line Line, string RateTable, DateOnly RateFirstDay, Rounding Rounding, IReadOnlyList<TierShare> Tiers, decimal EarlierUnits)
    {
        public static Explanation Of(LineExplanation e) => new(
            ReportRoutes.Line.Of(e.Line), e.Version.Table.ToString()!, e.Version.FirstDay, e.Rounding, e.Shares, e.EarlierUnits);
    }
}

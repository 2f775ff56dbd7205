using Microsoft.Extensions.Options;
using Settlement.SampleHost.Corrections;
using Settlement.SampleHost.Rates;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>Registers the services of the reports.</summary>
internal static class ReportServices
{
    public static void AddReports(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(p => p.GetRequiredService<IOptions<SettlementOptions>>().Value.Calendar!);
        services.AddSingleton<Periods>();
        services.AddSingleton<Statistics>();
        services.AddSingleton<PeriodSumsCache>();
        services.AddSingleton<OpenEstimates>();
        services.AddSingleton<Earnings>();
        services.AddSingleton<TitledLines>();
        services.AddSingleton<EarningsCsv>();
        services.AddSingleton<EarningsXlsx>();
        services.Configure<RateTrialOptions>(configuration.GetSection("RateTrials"));
        services.AddSingleton<RateDrafts>();
        services.AddSingleton<CorrectionTable>();
        services.AddSingleton<CorrectionDesk>();
        services.AddSingleton<Scheduling.CloseCheck>();
    }
}

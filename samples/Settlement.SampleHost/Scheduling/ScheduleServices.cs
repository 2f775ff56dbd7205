using Microsoft.Extensions.Options;
using Quartz;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlements;

namespace Settlement.SampleHost.Scheduling;

/// <summary>
/// Registers the schedule: Quartz.NET with its tables in the platform's database, so that all instances share one schedule.
/// </summary>
internal static class ScheduleServices
{
    /// <summary>Retries a failed job after 1, 4, 16 and 60 minutes.</summary>
    public static readonly RetryPolicy Retries = RetryPolicy.Exponential(4, TimeSpan.FromMinutes(1), 4, TimeSpan.FromHours(1));

    public static void AddSchedule(this IServiceCollection services, IConfiguration configuration, PlatformStore store)
    {
        services.AddOptions<ScheduleOptions>().Bind(configuration.GetSection(ScheduleOptions.Section))
            .Validate(o => o.CatchUpDaysMax is >= 1 and <= 3_660, "Schedule:CatchUpDaysMax is out of range; use 1 to 3660.")
            .Validate(
                o => o.DryRunTimeout >= TimeSpan.FromSeconds(1) && o.DryRunTimeout <= TimeSpan.FromMinutes(10),
                "Schedule:DryRunTimeout is out of range; use 00:00:01 to 00:10:00.")
            .Validate(
                o => o.StartDelay >= TimeSpan.Zero && o.StartDelay <= TimeSpan.FromMinutes(1),
                "Schedule:StartDelay is out of range; use 0 to 1 minute.")
            .ValidateOnStart();
        services.AddOptions<EstimateScheduleOptions>().Bind(configuration.GetSection(EstimateScheduleOptions.Section))
            .Validate(
                o => o.IsValid(),
                "Estimates is out of range; use an Interval of 1 second to 1 day, a Delay of 0 to 1 minute, a TimeShareMax of 0.01 to 1.")
            .ValidateOnStart();
        services.AddSingleton<EstimateSignal>();
        services.AddSingleton<CloseTable>();
        services.AddSingleton<DayCloses>();
        services.AddSingleton<ManualCloses>();
        var options = configuration.GetSection(ScheduleOptions.Section).Get<ScheduleOptions>() ?? new ScheduleOptions();
        if (!options.Enabled)
            return;

        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = "settlement";
                scheduler.GenerateInstanceId = true;
            });
            quartz.UseDefaultThreadPool(1);
            quartz.AddQuartzHealthChecks(health =>
            {
                health.Name = "schedule";
                health.Tags.Add(HealthRoutes.ReadyTag);

                // Degraded after five misfire thresholds (minutes), unhealthy after ten: OverdueTriggerRecovery has failed by then.
                health.StaleFiringTolerance = 5;
            });
            quartz.UsePersistentStore(persistent =>
            {
                store.Use(persistent);
                persistent.UseSystemTextJsonSerializer();
                persistent.ProvisionSchema();
            });
            quartz.AddJob<CloseDueJob>(job => job.WithIdentity(CloseDueJob.Key).StoreDurably().RequestRecovery());
            quartz.RunAtStartup(CloseDueJob.Key);

            // Missed firings, when no instance was running, are replaced by a single one, which closes all days due by then.
            quartz.AddTrigger<CloseDueJob>((provider, trigger) => trigger.ForJob(CloseDueJob.Key).WithIdentity(CloseDueJob.Key.Name)
                .WithRetryPolicy(Retries)
                .WithSchedule(CronScheduleBuilder.Create(Cron(provider.GetRequiredService<IOptions<SettlementOptions>>().Value.Grace))
                    .InTimeZone(TimeZoneInfo.FindSystemTimeZoneById(provider.GetRequiredService<BusinessCalendar>().TimeZoneId))
                    .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)));
        });
        services.AddQuartzHostedService(hosted =>
        {
            hosted.WaitForJobsToComplete = true;
            hosted.AutoStart = false;
        });
        services.AddHostedService<SchedulerStart>();
        services.AddHostedService<OverdueTriggerRecovery>();
        services.AddHostedService<EstimateRefresher>();
    }

    /// <summary>
    /// Returns the cron expression: one minute after the previous day has ended, grace period included. Of a grace period of a day or more,
    /// only the time of day matters.
    /// </summary>
    private static string Cron(TimeSpan grace)
    {
        var at = grace + TimeSpan.FromMinutes(1);
        return FormattableString.Invariant($"0 {at.Minutes} {at.Hours} * * ?");
    }
}

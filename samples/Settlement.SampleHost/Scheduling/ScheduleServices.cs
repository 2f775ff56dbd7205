using Microsoft.Extensions.Options;
using Quartz;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlements;

namespace Settlement.SampleHost.Scheduling;

/// <summary>The schedule: Quartz.NET, with its tables in the same database, so that hosts share one.</summary>
internal static class ScheduleServices
{
    /// <summary>Fired again after 1, 4, 16 and 60 minutes.</summary>
    public static readonly RetryPolicy Retries = RetryPolicy.Exponential(4, TimeSpan.FromMinutes(1), 4, TimeSpan.FromHours(1));

    public static void AddSchedule(this IServiceCollection services, IConfiguration configuration, PlatformStore store)
    {
        services.AddOptions<ScheduleOptions>().Bind(configuration.GetSection(ScheduleOptions.Section))
            .Validate(o => o.CatchUpDaysMax is >= 1 and <= 3_660, "Schedule:CatchUpDaysMax is out of range; use 1 to 3660.").ValidateOnStart();
        services.AddSingleton<CloseTable>();
        services.AddSingleton<DayCloses>();
        services.AddSingleton<ManualCloses>();
        if (!(configuration.GetSection(ScheduleOptions.Section).Get<ScheduleOptions>() ?? new ScheduleOptions()).Enabled)
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

                // Degraded when a trigger is due for five minutes (misfire thresholds), unhealthy after ten: StrandedTriggers has failed by then.
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

            // A firing that was missed, because no host was there, is made up for once: it closes all that is due by then.
            quartz.AddTrigger<CloseDueJob>((provider, trigger) => trigger.ForJob(CloseDueJob.Key).WithIdentity(CloseDueJob.Key.Name)
                .WithRetryPolicy(Retries)
                .WithSchedule(CronScheduleBuilder.Create(Cron(provider.GetRequiredService<IOptions<SettlementOptions>>().Value.Grace))
                    .InTimeZone(TimeZoneInfo.FindSystemTimeZoneById(provider.GetRequiredService<BusinessCalendar>().TimeZoneId))
                    .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)));
        });
        services.AddQuartzHostedService(hosted => hosted.WaitForJobsToComplete = true);
        services.AddHostedService<StrandedTriggers>();
    }

    /// <summary>A minute after the day before is over, grace included. A grace of a day and more is as one of its part of a day.</summary>
    private static string Cron(TimeSpan grace)
    {
        var at = grace + TimeSpan.FromMinutes(1);
        return FormattableString.Invariant($"0 {at.Minutes} {at.Hours} * * ?");
    }
}

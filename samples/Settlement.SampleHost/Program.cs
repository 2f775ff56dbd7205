using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.Options;
using Settlement.SampleHost.Audit;
using Settlement.SampleHost.Content;
using Settlement.SampleHost.Corrections;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.DemoData;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Mail;
using Settlement.SampleHost.Notifications;
using Settlement.SampleHost.Pages;
using Settlement.SampleHost.Pages.Layout;
using Settlement.SampleHost.Playback;
using Settlement.SampleHost.Rates;
using Settlement.SampleHost.Reports;
using Settlement.SampleHost.Scheduling;
using Settlement.SampleHost.Uploads;
using Settlement.SampleHost.Usage;
using Settlement.SampleHost.Users;
using Settlements;
using Settlements.AspNetCore;

namespace Settlement.SampleHost;

/// <summary>
/// The entry point: configures services, the request pipeline and the endpoints. Tests build hosts with the same methods.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        // Numbers and dates are formatted the same on every machine.
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

        try
        {
            if (args is ["health", .. var probe])
                return await HealthProbe.RunAsync(probe);
            if (args.Contains("--help"))
            {
                Console.WriteLine(HostArguments.Usage);
                return 0;
            }

            var builder = CreateBuilder(HostArguments.Read(args));
            AddServices(builder);

            await using var app = builder.Build();
            UsePipeline(app);
            MapFeatures(app);

            await app.ApplySchemaAsync();
            await app.RunDemoAsync();
            await app.RunAsync();
            return 0;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"error: {StartFailure.Describe(e)}");
            return 2;
        }
    }

    /// <summary>Creates the builder. The content root is the program's folder, so the program runs from any working directory.</summary>
    internal static WebApplicationBuilder CreateBuilder(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings);
        if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null)
            builder.WebHost.UseUrls(HostArguments.DefaultUrl);
        return builder;
    }

    internal static void AddServices(WebApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        builder.Logging.AddWarningsToStandardError();
        ShutdownOptions.Add(services, configuration);

        var file = SettlementFile.Read(Path.Combine(builder.Environment.ContentRootPath, "settlement.json"));
        var store = PlatformStore.From(configuration, file);
        var usage = ClickHouseUsageOptions.Read(configuration);
        services.AddSettlement(settlement =>
        {
            store.Use(settlement.UseFile(file).RatesFromStore());
            if (usage.IsEnabled)
                usage.AddSource(settlement);
        });
        services.AddCausalTokens(tokens => tokens.Carriers = CausalTokenCarriers.Cookie | CausalTokenCarriers.Header);
        services.AddPlatformDatabase(store, configuration);

        services.AddApiDefaults();
        services.AddProxies(configuration);
        services.AddHealth();
        services.AddTelemetry(configuration);
        services.AddApiDocument();
        services.AddUsers(configuration);
        services.AddMail(configuration);
        services.AddNotifications();
        services.AddContent();
        services.AddUploads(configuration);
        services.AddPlayUsage(usage);
        services.AddPlayback(configuration);
        services.AddReports(configuration);
        services.AddSingleton<AuditTable>();
        services.AddSingleton<DemoShift>();
        services.AddSchedule(configuration, store);
        services.AddInstanceRegistry();
        services.AddPages();
    }

    /// <summary>Adds the middleware, in the order in which it handles a request.</summary>
    internal static void UsePipeline(WebApplication app)
    {
        // Validates the options first: all errors are reported at once, before the data source fails on one of them.
        _ = app.Services.GetRequiredService<IOptions<SettlementOptions>>().Value;

        app.UseForwardedHeaders();
        app.UseSecurityHeaders();
        app.UseWhen(context => !context.IsApi(), pages => pages.UseRequestLocalization(Preferences.Localization()));
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = PageServices.ErrorAsync,
            CreateScopeForErrors = true,

            // Errors that the caller can correct are not logged as errors of this host.
            SuppressDiagnosticsCallback = context =>
                context.Exception is PlatformException or BadHttpRequestException or AntiforgeryValidationException,
        });
        app.UseCausalTokens();
        app.Use(app.Services.GetRequiredService<CurrentCausalSession>().RunAsync);
        app.UseWhen(ApiRequests.IsApi, api => api.UseStatusCodePages());
        app.UseWhen(context => !context.IsApi(), pages => pages.UseStatusCodePages(PageServices.StatusAsync));
        app.UseAuthentication();
        app.UseMiddleware<StampCheck>();
        app.UseMiddleware<BearerCheck>();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.Use(ForgedRequests.RefuseStaleForms);
        app.UseMiddleware<AuditTrail>();
        app.UseMiddleware<IdempotencyKeys>();
    }

    internal static void MapFeatures(WebApplication app)
    {
        var api = app.MapGroup("/api").AddEndpointFilter<RouteGroupBuilder, AntiforgeryFilter>();
        api.MapUsers();
        api.MapNotifications();
        api.MapContent();
        api.MapUploads();
        api.MapPlayback();
        api.MapReportApi();
        api.MapRates();
        api.MapCorrections();
        api.MapSchedule();
        api.MapAudit();
        app.MapExternalLogin(app.Configuration);
        app.MapApiDocument();
        app.MapHealth();
        app.MapPages();
    }
}

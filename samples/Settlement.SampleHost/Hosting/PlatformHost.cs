using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using Settlement.AspNetCore;
using Settlement.SampleHost.Commands;
using Settlement.SampleHost.Content;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Pages;
using Settlement.SampleHost.Pages.Layout;
using Settlement.SampleHost.Playback;
using Settlement.SampleHost.Reports;
using Settlement.SampleHost.Scheduling;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Hosting;

/// <summary>Puts the platform together: its services, and what is at which address.</summary>
internal static class PlatformHost
{
    public const string DefaultUrl = "http://localhost:5080";

    /// <param name="store">Where everything is kept.</param>
    /// <param name="urls">Where to serve; null for the environment's, or the default.</param>
    /// <param name="configure">The clock and settings that tests have of their own.</param>
    public static WebApplication Build(StoreChoice store, string? urls, Action<WebApplicationBuilder>? configure = null)
    {
        // The program runs from any folder: its settings lie beside it.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddWarningsToStandardError();

        // A start that fails is said once, by the caller, in one sentence.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);

        // The ring of keys is in the database, as protected as that is; where more is wanted, ProtectKeysWith… is the framework's way.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        if (urls is not null)
            builder.WebHost.UseUrls(urls);
        else if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null)
            builder.WebHost.UseUrls(DefaultUrl);

        configure?.Invoke(builder);
        AddServices(builder, store);
        var app = builder.Build();

        // The options first: they say all that is wrong at once, before the database's servers stumble over a part of it.
        _ = app.Services.GetRequiredService<IOptions<SettlementOptions>>().Value;
        Use(app);
        Map(app);
        return app;
    }

    /// <summary>Makes the tables of the settlement and of the platform, where they are not there yet.</summary>
    public static async Task ApplySchemaAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await services.GetRequiredService<SettlementEngine>().Schema.ApplyAsync(cancellationToken);
        await services.GetRequiredService<PlatformDatabase>().ApplySchemaAsync(services.GetRequiredService<TimeProvider>(), cancellationToken);
    }

    private static void AddServices(WebApplicationBuilder builder, StoreChoice store)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        services.AddSettlement(settlement => store.Use(settlement.UseSampleRules()));
        store.AddPlatform(services, configuration);
        services.AddSingleton<CurrentSession>();
        services.AddCausalTokens(tokens => tokens.Carriers = CausalTokenCarriers.Cookie | CausalTokenCarriers.Header);
        services.AddSingleton<IHostLifetime, StoppedByCaller>();

        services.AddDataProtection().SetApplicationName("settlement-sample");
        services.AddSingleton<IXmlRepository, ProtectionKeys>();
        services.AddOptions<KeyManagementOptions>().Configure<IXmlRepository>((options, keys) => options.XmlRepository = keys);
        services.AddProblemDetails();
        services.AddExceptionHandler<ProblemAnswers>();
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        });
        AddProxies(services, configuration);

        ShutdownOptions.Add(services, configuration);
        services.AddHealth();
        services.AddTelemetry(configuration);
        services.AddSingleton<KeptAnswers>();
        services.AddApiDocument();
        services.AddUsers(configuration);
        services.AddContent();
        services.AddPlayback(configuration);
        services.AddReports();
        services.AddSchedule(configuration, store);
        services.AddSingleton<HostPresence>().AddHostedService(provider => provider.GetRequiredService<HostPresence>());
        services.AddPages();
    }

    /// <summary>Who really asks is believed to proxies that are named, and to nobody else.</summary>
    private static void AddProxies(IServiceCollection services, ConfigurationManager configuration)
    {
        var proxies = configuration.GetSection("Proxies").Get<string[]>() ?? [];
        var (addresses, networks) = (new List<IPAddress>(), new List<System.Net.IPNetwork>());
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
                addresses.Add(address);
            else if (System.Net.IPNetwork.TryParse(proxy, out var network))
                networks.Add(network);
            else
                throw new UsageException($"Proxies names '{proxy}'. Use addresses such as 10.0.0.7 and networks such as 10.0.0.0/8.");
        }

        services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = proxies.Length == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            addresses.ForEach(options.KnownProxies.Add);
            networks.ForEach(options.KnownIPNetworks.Add);
        });
    }

    private static void Use(WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseSecurityHeaders();
        app.UseWhen(context => !context.IsApi(), pages => pages.UseRequestLocalization(Preferences.Localization()));
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = PageServices.BrokenAsync,
            CreateScopeForErrors = true,

            // What the asker can mend is no error of this host.
            SuppressDiagnosticsCallback = context => context.Exception is PlatformException or BadHttpRequestException or AntiforgeryValidationException,
        });
        app.Use(RefuseForeignCircuits);
        app.UseCausalTokens();
        app.Use(app.Services.GetRequiredService<CurrentSession>().RunAsync);
        app.UseWhen(ApiRequests.IsApi, api => api.UseStatusCodePages());
        app.UseWhen(context => !context.IsApi(), pages => pages.UseStatusCodePages(PageServices.StatusAsync));
        app.UseAuthentication();
        app.UseMiddleware<StampCheck>();
        app.UseMiddleware<BearerCheck>();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.Use(RefuseStaleForms);
        app.UseMiddleware<IdempotencyKeys>();
    }

    /// <summary>A page's form whose token is old, or another user's, is answered by a page: the framework's own answer is blank.</summary>
    private static Task RefuseStaleForms(HttpContext context, RequestDelegate next) =>
        !context.IsApi() && context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false } validation
            ? throw new AntiforgeryValidationException("The form's antiforgery token is not valid any more.", validation.Error)
            : next(context);

    /// <summary>
    /// Browsers let pages of other sites open web sockets here, with the user's cookies where these are sent: circuits are for pages of this host.
    /// </summary>
    private static Task RefuseForeignCircuits(HttpContext context, RequestDelegate next) =>
        context.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal) && AntiforgeryFilter.IsForeign(context.Request)
            ? throw PlatformException.Forbidden("Only pages of this host open circuits.")
            : next(context);

    private static void Map(WebApplication app)
    {
        var api = app.MapGroup("/api").AddEndpointFilter<RouteGroupBuilder, AntiforgeryFilter>();
        api.MapUsers();
        api.MapContent();
        api.MapPlayback();
        api.MapReportApi();
        api.MapSchedule();
        app.MapExternalLogin(app.Configuration);
        app.MapApiDocument();
        app.MapHealth();
        app.MapPages();
    }

    /// <summary>The command line handles the signals.</summary>
    private sealed class StoppedByCaller : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

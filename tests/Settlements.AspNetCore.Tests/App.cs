using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Settlements.Routing;

namespace Settlements.AspNetCore.Tests;

/// <summary>An application on a free loopback port, with a fake database and a fake clock.</summary>
internal sealed class App : IAsyncDisposable
{
    private readonly WebApplication _app;

    private App(WebApplication app) => _app = app;

    public FakeDatabase Database { get; private init; } = new();

    public FakeTimeProvider Clock { get; private init; } = new();

    public LogLines Log { get; private init; } = new();

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Starts an application.</summary>
    /// <param name="services">Adds services.</param>
    /// <param name="configure">Configures the request pipeline.</param>
    /// <param name="keys">The keys of Data Protection; null for new ones. Instances of one application share their keys.</param>
    public static async Task<App> StartAsync(
        Action<IServiceCollection> services, Action<WebApplication> configure, IDataProtectionProvider? keys = null)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 7, 1, 9, 30, 0, TimeSpan.Zero));
        var (database, log) = (new FakeDatabase(), new LogLines());
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddRouting();
        builder.Services.AddSingleton<MultiHostDataSource>(database);
        builder.Services.AddSingleton<TimeProvider>(clock);
        services(builder.Services);
        builder.Services.Replace(ServiceDescriptor.Singleton(keys ?? new EphemeralDataProtectionProvider()));
        var app = builder.Build();
        configure(app);
        await app.StartAsync();
        return new App(app) { Database = database, Clock = clock, Log = log };
    }

    /// <summary>Creates a client that stores cookies, like a browser, and doesn't follow redirects.</summary>
    public HttpClient Browser(CookieContainer? cookies = null) => new(new SocketsHttpHandler
    {
        CookieContainer = cookies ?? new CookieContainer(),
        AllowAutoRedirect = false,
        UseProxy = false,
    })
    { BaseAddress = Address };

    /// <summary>Creates a client that stores no cookies and doesn't follow redirects.</summary>
    public HttpClient Client() =>
        new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = Address };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Database.DisposeAsync();
    }
}

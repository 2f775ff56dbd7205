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

/// <summary>A real server on loopback, on a port of its own, with a fake database and a clock that stands still.</summary>
internal sealed class App : IAsyncDisposable
{
    private readonly WebApplication _app;

    private App(WebApplication app) => _app = app;

    public FakeDatabase Database { get; private init; } = new();

    public FakeTimeProvider Clock { get; private init; } = new();

    public LogLines Log { get; private init; } = new();

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Starts an application.</summary>
    /// <param name="services">Adds to its services.</param>
    /// <param name="configure">Makes its pipeline.</param>
    /// <param name="keys">Whose keys sign; null for new ones. Two applications with the same are two machines of one.</param>
    public static async Task<App> StartAsync(
        Action<IServiceCollection> services, Action<WebApplication> configure, IDataProtectionProvider? keys = null)
    {
        var (database, clock, log) = (new FakeDatabase(), new FakeTimeProvider(new DateTimeOffset(2026, 7, 1, 9, 30, 0, TimeSpan.Zero)), new LogLines());
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

    /// <summary>A browser: it keeps cookies, and follows nothing.</summary>
    public HttpClient Browser(CookieContainer? cookies = null) => new(new SocketsHttpHandler
    {
        CookieContainer = cookies ?? new CookieContainer(),
        AllowAutoRedirect = false,
        UseProxy = false,
    })
    { BaseAddress = Address };

    /// <summary>A program: it keeps nothing.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = Address };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Database.DisposeAsync();
    }
}

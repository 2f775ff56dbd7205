using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Settlement.SampleHost.Usage;
using Settlements;

namespace Settlement.SampleHost.Database;

/// <summary>Registers the database of the platform's tables.</summary>
internal static class PlatformDatabaseServices
{
    public static void AddPlatformDatabase(this IServiceCollection services, PlatformStore store, IConfiguration configuration)
    {
        store.AddPlatform(services, configuration);
        services.AddSingleton<CurrentCausalSession>();
        services.AddDataProtection().SetApplicationName("settlement-sample");
        services.AddSingleton<IXmlRepository, ProtectionKeys>();
        services.AddOptions<KeyManagementOptions>().Configure<IXmlRepository>((options, keys) => options.XmlRepository = keys);
    }

    /// <summary>
    /// Creates missing tables of the settlement and of the platform, and checks the table of plays in ClickHouse, if it is used.
    /// </summary>
    public static async Task ApplySchemaAsync(this WebApplication app, CancellationToken cancellationToken = default)
    {
        await app.Services.GetRequiredService<SettlementEngine>().Schema.ApplyAsync(cancellationToken);
        await app.Services.GetRequiredService<PlatformDatabase>()
            .ApplySchemaAsync(app.Services.GetRequiredService<TimeProvider>(), cancellationToken);
        await app.RequirePlayUsageAsync(cancellationToken);
    }
}

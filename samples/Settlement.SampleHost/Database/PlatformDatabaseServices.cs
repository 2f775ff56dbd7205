using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Settlements;

namespace Settlement.SampleHost.Database;

/// <summary>The platform's own tables, beside those of the settlement.</summary>
internal static class PlatformDatabaseServices
{
    public static void AddPlatformDatabase(this IServiceCollection services, PlatformStore store, IConfiguration configuration)
    {
        store.AddPlatform(services, configuration);
        services.AddSingleton<CurrentSession>();
        services.AddDataProtection().SetApplicationName("settlement-sample");
        services.AddSingleton<IXmlRepository, ProtectionKeys>();
        services.AddOptions<KeyManagementOptions>().Configure<IXmlRepository>((options, keys) => options.XmlRepository = keys);
    }

    /// <summary>Creates the tables of the settlement and of the platform, where they do not exist yet.</summary>
    public static async Task ApplySchemaAsync(this WebApplication app, CancellationToken cancellationToken = default)
    {
        await app.Services.GetRequiredService<SettlementEngine>().Schema.ApplyAsync(cancellationToken);
        await app.Services.GetRequiredService<PlatformDatabase>().ApplySchemaAsync(app.Services.GetRequiredService<TimeProvider>(), cancellationToken);
    }
}

namespace Settlement.SampleHost.Commands;

/// <summary>
/// The settings that commands have before there is a host, from where a host takes its own: appsettings.json and that of the environment, beside
/// the program, and environment variables.
/// </summary>
internal static class SampleSettings
{
    public static IConfiguration Read()
    {
        var environment = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
            ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environments.Production;
        return new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory)
            .AddJsonFile("appsettings.json", optional: true)
            .AddJsonFile($"appsettings.{environment}.json", optional: true)
            .AddEnvironmentVariables()
            .Build();
    }
}

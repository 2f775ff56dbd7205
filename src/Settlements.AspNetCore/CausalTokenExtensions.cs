using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Settlements.AspNetCore;
using Settlements.Routing;

namespace Settlements;

/// <summary>Lets users see their own writes, across requests and whichever hosts answer.</summary>
public static class CausalTokenExtensions
{
    /// <summary>
    /// Adds what <see cref="UseCausalTokens"/> needs, Data Protection with it, and <see cref="CausalSession"/> with the scope of a request, on the
    /// application's <see cref="MultiHostDataSource"/>. A session that was added before stays: where there are several databases, add the one of yours
    /// whose tokens travel. Options are checked when the application starts.
    /// </summary>
    /// <param name="services">Where to add.</param>
    /// <param name="configure">Sets options; null for the defaults.</param>
    /// <returns>The same collection.</returns>
    /// <remarks>Where the application runs on several machines, they share Data Protection's keys; else one ignores what another has signed.</remarks>
    public static IServiceCollection AddCausalTokens(this IServiceCollection services, Action<CausalTokenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddDataProtection();
        services.AddLogging();
        var options = services.AddOptions<CausalTokenOptions>();
        if (configure is not null)
            options.Configure(configure);
        options.ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CausalTokenOptions>, OptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TokenProtector>();
        services.TryAddSingleton<TokenCarrier>();
        services.TryAddScoped(p => new CausalSession(p.GetRequiredService<MultiHostDataSource>()));
        return services;
    }

    /// <summary>
    /// Gives each request's <see cref="CausalSession"/> the tokens that the request brings, and its response the session's, where the session has
    /// written. Put it after <c>UseExceptionHandler</c>, and before everything that reads or writes the database.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <returns>The same application.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddCausalTokens"/> was not called.</exception>
    public static IApplicationBuilder UseCausalTokens(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.ApplicationServices.GetService<TokenCarrier>() is { } carrier
            ? app.UseMiddleware<CausalTokenMiddleware>(carrier)
            : throw new InvalidOperationException("UseCausalTokens needs services.AddCausalTokens(), which was not called.");
    }

    private sealed class OptionsValidator : IValidateOptions<CausalTokenOptions>
    {
        public ValidateOptionsResult Validate(string? name, CausalTokenOptions options)
        {
            var faults = options.Validate().ToList();
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }
}

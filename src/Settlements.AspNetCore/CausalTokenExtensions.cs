using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Settlements.AspNetCore;
using Settlements.Routing;

namespace Settlements;

/// <summary>Adds causal tokens to requests and responses, so that users read their own writes from any database server.</summary>
public static class CausalTokenExtensions
{
    /// <summary>
    /// Adds the services of <see cref="UseCausalTokens"/>, including Data Protection, and a scoped <see cref="CausalSession"/> on the
    /// application's <see cref="MultiHostDataSource"/>. A <see cref="CausalSession"/> that is already registered is kept: with several
    /// databases, register one for the database whose tokens are exchanged. Options are validated when the application starts.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options; null for the defaults.</param>
    /// <returns>The services.</returns>
    /// <remarks>
    /// Instances of the application have to share Data Protection's keys; otherwise each ignores the tokens issued by others.
    /// </remarks>
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
    /// Adds a middleware that passes the token of a request to its <see cref="CausalSession"/>, and the token of a session that has written
    /// to the response. Add it after <c>UseExceptionHandler</c>, and before all middleware that reads or writes the database.
    /// </summary>
    /// <param name="app">The application builder.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddCausalTokens"/> was not called.</exception>
    public static IApplicationBuilder UseCausalTokens(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.ApplicationServices.GetService<TokenCarrier>() is { } carrier
            ? app.UseMiddleware<CausalTokenMiddleware>(carrier)
            : throw new InvalidOperationException("UseCausalTokens requires services. Call services.AddCausalTokens().");
    }

    private sealed class OptionsValidator : IValidateOptions<CausalTokenOptions>
    {
        public ValidateOptionsResult Validate(string? name, CausalTokenOptions options)
        {
            var errors = options.Validate().ToList();
            return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
        }
    }
}

using Microsoft.AspNetCore.Authentication;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Middleware: rejects an API request whose bearer token is invalid or expired, or whose login session has ended. Treated as anonymous, the
/// client would wrongly assume to act as its account.
/// </summary>
internal sealed class BearerCheck(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        context.IsApi() && AntiforgeryFilter.IsBearer(context.Request) && context.User.Identity?.IsAuthenticated != true
            && context.GetEndpoint()?.Metadata.GetMetadata<IgnoresToken>() is null
            ? context.ChallengeAsync() // 401, like an endpoint that requires an account
            : next(context);
}

/// <summary>Endpoint metadata: the endpoint starts or ends a login session and accepts requests with an expired token.</summary>
internal sealed class IgnoresToken
{
    public static readonly IgnoresToken Instance = new();
}

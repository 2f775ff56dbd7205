using Microsoft.AspNetCore.Authentication;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Refuses a request to the API whose bearer token names no account: an invalid one, one that is too old, or one whose session has ended. Taken for
/// somebody without an account, its program would believe that it acts as its account, and it has no cookie that tells it from others.
/// </summary>
internal sealed class BearerCheck(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        context.IsApi() && AntiforgeryFilter.IsBearer(context.Request) && context.User.Identity?.IsAuthenticated != true
            && context.GetEndpoint()?.Metadata.GetMetadata<IgnoresToken>() is null
            ? context.ChallengeAsync() // as endpoints answer that need an account
            : next(context);
}

/// <summary>Marks an endpoint that begins or ends a session: a program uses it also while it still sends a token that is over.</summary>
internal sealed class IgnoresToken
{
    public static readonly IgnoresToken Instance = new();
}

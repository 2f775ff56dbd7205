using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// Limits of logins, sign-ups and mails per network address, and of exports per account: configuration section <c>RateLimits</c>.
/// </summary>
internal sealed class RateLimits
{
    public const string LogIn = "log-in";
    public const string SignUp = "sign-up";
    public const string Mail = "mail";
    public const string Export = "export";

    /// <summary>
    /// Logins per network address and minute. Default 20. <see cref="Users.LoginThrottle"/> additionally limits wrong passwords.
    /// </summary>
    public int LogInsPerMinute { get; set; } = 20;

    /// <summary>New accounts per network address and hour. Default 20.</summary>
    public int SignUpsPerHour { get; set; } = 20;

    /// <summary>
    /// Requested mails per network address and hour. Default 20. <see cref="Settlement.SampleHost.Mail.MailOptions.PerAccountPerHour"/>
    /// additionally limits the mails of an account.
    /// </summary>
    public int MailsPerHour { get; set; } = 20;

    /// <summary>Exports of an account's data per account and hour. Default 10.</summary>
    public int ExportsPerHour { get; set; } = 10;

    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        var limits = configuration.GetSection(nameof(RateLimits)).Get<RateLimits>() ?? new RateLimits();
        services.AddRateLimiter(limiter =>
        {
            limiter.AddPolicy(LogIn, context => ByAddress(context, limits.LogInsPerMinute, TimeSpan.FromMinutes(1)));
            limiter.AddPolicy(Mail, context => ByAddress(context, limits.MailsPerHour, TimeSpan.FromHours(1)));
            limiter.AddPolicy(Export, context => RateLimitPartition.GetFixedWindowLimiter(
                context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "",
                _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = limits.ExportsPerHour, Window = TimeSpan.FromHours(1), QueueLimit = 0,
                }));
            limiter.AddPolicy(SignUp, context => ByAddress(context, limits.SignUpsPerHour, TimeSpan.FromHours(1)));
            limiter.OnRejected = RejectAsync;
        });
    }

    /// <summary>Returns a fixed-window limiter per network address; reading a form is not limited.</summary>
    private static RateLimitPartition<string> ByAddress(HttpContext context, int permits, TimeSpan window) =>
        HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
            ? RateLimitPartition.GetNoLimiter("reads")
            : RateLimitPartition.GetFixedWindowLimiter(
                NetworkAddress.Of(context),
                _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = window, QueueLimit = 0 });

    private static async ValueTask RejectAsync(OnRejectedContext context, CancellationToken cancellationToken)
    {
        var http = context.HttpContext;
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        var seconds = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? (int)Math.Ceiling(wait.TotalSeconds) : 60;
        http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (!http.IsApi())
            return;
        await http.RequestServices.GetRequiredService<IProblemDetailsService>().TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = http,
            ProblemDetails = new ProblemDetails
            {
                Status = StatusCodes.Status429TooManyRequests, Title = "Too many attempts", Detail = $"Try again in {seconds} s.",
            },
        });
    }
}

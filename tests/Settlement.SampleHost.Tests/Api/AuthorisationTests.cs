using Microsoft.AspNetCore.Routing;
using static Settlement.SampleHost.Tests.Api.CallerRoles;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>Tests each endpoint of the API with each role. An endpoint missing from the list fails the test.</summary>
public sealed class AuthorisationTests
{
    /// <summary>The required role by method and pattern. Ownership is tested with the features.</summary>
    private static readonly Dictionary<string, string> Allowed = new(StringComparer.Ordinal)
    {
        ["GET /api/users/antiforgery"] = Anyone,
        ["POST /api/users"] = Anyone,
        ["POST /api/users/token"] = Anyone,
        ["POST /api/users/token/refresh"] = Anyone,
        ["POST /api/users/session"] = Anyone,
        ["DELETE /api/users/session"] = Anyone,
        ["POST /api/users/password-reset"] = Anyone,
        ["POST /api/users/password-reset/complete"] = Anyone,
        ["POST /api/users/verification/complete"] = Anyone,
        ["POST /api/users/me/verification"] = Account,
        ["GET /api/users/me"] = Account,
        ["GET /api/users/me/export"] = Account,
        ["GET /api/users/me/notifications"] = Account,
        ["GET /api/users/me/notifications/unread"] = Account,
        ["POST /api/users/me/notifications/read"] = Account,
        ["POST /api/users/me/notifications/{notificationId}/read"] = Account,
        ["DELETE /api/users/me"] = Account,
        ["GET /api/users/me/sessions"] = Account,
        ["DELETE /api/users/me/sessions"] = Account,
        ["DELETE /api/users/me/sessions/others"] = Account,
        ["DELETE /api/users/me/sessions/{sessionId}"] = Account,
        ["PUT /api/users/me/name"] = Account,
        ["PUT /api/users/me/password"] = Account,
        ["PUT /api/users/me/email"] = Account,
        ["POST /api/users/me/studio-request"] = Account,
        ["GET /api/users"] = Admin,
        ["PUT /api/users/{userId}/roles"] = Admin,

        ["GET /api/videos"] = Anyone,
        ["GET /api/videos/own"] = Creator,
        ["GET /api/videos/{videoId}"] = Anyone,
        ["POST /api/videos"] = Creator,
        ["PUT /api/videos/{videoId}"] = Account,
        ["DELETE /api/videos/{videoId}"] = Account,
        ["GET /api/ads"] = Admin,
        ["POST /api/ads"] = Admin,
        ["DELETE /api/ads/{adId}"] = Admin,

        ["POST /api/uploads"] = Creator,
        ["GET /api/uploads"] = Creator,
        ["GET /api/uploads/{fileName}"] = Anyone,

        ["POST /api/videos/{videoId}/plays"] = Anyone,
        ["GET /api/plays/{playId}"] = Anyone,
        ["POST /api/plays/{playId}/progress"] = Anyone,
        ["POST /api/plays/{playId}/stop"] = Anyone,

        ["GET /api/statistics/top"] = Anyone,
        ["GET /api/statistics/top/own"] = Creator,
        ["GET /api/settlement"] = Earnings,
        ["GET /api/settlement/days"] = Earnings,
        ["GET /api/settlement/lines"] = Earnings,
        ["GET /api/settlement/lines.csv"] = Earnings,
        ["GET /api/settlement/lines.xlsx"] = Earnings,
        ["GET /api/settlement/explanation"] = Earnings,
        ["GET /api/settlement/payees"] = Admin,

        ["GET /api/settlement/statement"] = Earnings,
        ["GET /api/rates"] = Admin,
        ["GET /api/rates/drafts"] = Admin,
        ["POST /api/rates/drafts"] = Admin,
        ["GET /api/rates/drafts/{draftId}"] = Admin,
        ["POST /api/rates/drafts/{draftId}/approve"] = Admin,
        ["POST /api/rates/drafts/{draftId}/withdraw"] = Admin,
        ["GET /api/corrections"] = Admin,
        ["GET /api/corrections/findings"] = Admin,
        ["POST /api/corrections/exclusions"] = Admin,
        ["POST /api/corrections/restatements"] = Admin,
        ["GET /api/corrections/{correctionId}"] = Admin,
        ["POST /api/corrections/{correctionId}/reinstatement"] = Admin,
        ["POST /api/corrections/{correctionId}/approve"] = Admin,
        ["POST /api/corrections/{correctionId}/withdraw"] = Admin,

        ["GET /api/audit"] = Admin,
        ["GET /api/schedule"] = Admin,
        ["GET /api/schedule/check"] = Admin,
        ["GET /api/schedule/closes"] = Admin,
        ["POST /api/schedule/closes"] = Admin,
        ["GET /api/schedule/closes/{closeId}"] = Admin,
        ["GET /api/schedule/closes/{closeId}/events"] = Admin,
        ["POST /api/schedule/closes/{closeId}/cancel"] = Admin,
        ["GET /api/schedule/runs"] = Admin,
        ["GET /api/schedule/runs/{runId}/incidents"] = Admin,
    };

    internal static IEnumerable<string> AllEndpoints => Allowed.Keys;

    [Fact]
    public async Task Every_endpoint_accepts_exactly_the_listed_roles()
    {
        await using var platform = await PlatformUnderTest.StartAsync(
            settings: [("RateLimits:LogInsPerMinute", "1000"), ("RateLimits:SignUpsPerHour", "1000")]);
        (string Role, ApiClient Client)[] callers =
        [
            (Anyone, platform.Anonymous), (Account, await platform.LogInAsync()), (Creator, await platform.LogInAsync("creator")),
            (Admin, await platform.LogInAsync("admin")),
        ];
        var endpoints = Endpoints(platform);

        endpoints.Should().BeEquivalentTo(Allowed.Keys, "each endpoint must be listed with its role");
        var wrong = new List<string>();
        foreach (var endpoint in endpoints)
        {
            foreach (var (role, client) in callers)
            {
                // Without a body: an authorised request fails validation before it changes anything.
                var (method, path) = (endpoint.Split(' ')[0], endpoint.Split(' ')[1]);
                var answer = await client.SendEmptyAsync(
                    new HttpMethod(method), path.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal));
                var expected = IsAllowed(Allowed[endpoint], role) ? 0 : role == Anyone ? 401 : 403;
                var actual = answer.Status is 401 or 403 ? answer.Status : 0;
                if (actual != expected || answer.Status >= 500)
                    wrong.Add($"{endpoint} as {role}: {answer.Status} {answer.Text}");
                else if (answer.Status >= 400)
                    answer.ShouldBeProblem(answer.Status);
                if (endpoint.StartsWith("DELETE /api/users/", StringComparison.Ordinal) && role != Anyone)
                    await client.AuthorizeAsync(PlatformUnderTest.Password); // it ended the login session
            }
        }

        wrong.Should().BeEmpty();
    }

    private static List<string> Endpoints(PlatformUnderTest platform) =>
    [
        .. from endpoint in platform.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           let path = "/" + endpoint.RoutePattern.RawText!.Trim('/')
           where path.StartsWith("/api/", StringComparison.Ordinal) && !path.Contains("**", StringComparison.Ordinal)
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"]
           select $"{method} {path}",
    ];
}

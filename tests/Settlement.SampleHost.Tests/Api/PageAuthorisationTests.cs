using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using static Settlement.SampleHost.Tests.Api.CallerRoles;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>Tests each page with each role, for reading and for sending a form. A page missing from the list fails the test.</summary>
public sealed class PageAuthorisationTests
{
    private static readonly Dictionary<string, string> Allowed = new(StringComparer.Ordinal)
    {
        ["/"] = Anyone,
        ["/videos"] = Anyone,
        ["/watch/{VideoId}"] = Anyone,
        ["/login"] = Anyone,
        ["/signup"] = Anyone,
        ["/denied"] = Anyone,
        ["/tour"] = Anyone,
        ["/forgot"] = Anyone,
        ["/reset"] = Anyone,
        ["/verify"] = Anyone,
        ["/account"] = Account,
        ["/account/sessions"] = Account,
        ["/notifications"] = Account,
        ["/studio"] = Creator,

        // Checked by the page, which explains how to become a creator; and by the catalogue.
        ["/studio/new"] = Account,
        ["/studio/{VideoId}"] = Account,
        ["/settlement"] = Earnings,
        ["/settlement/line"] = Earnings,
        ["/settlement/statement"] = Earnings,
        ["/settlement/video/{VideoId}"] = Earnings,
        ["/admin"] = Admin,
        ["/admin/users"] = Admin,
        ["/admin/ads"] = Admin,
        ["/admin/runs"] = Admin,
        ["/admin/runs/{RunId:long}"] = Admin,
        ["/admin/instances"] = Admin,
        ["/admin/rates"] = Admin,
        ["/admin/rates/{ProposalId:long}"] = Admin,
        ["/admin/corrections"] = Admin,
        ["/admin/audit"] = Admin,
        ["/admin/corrections/{ProposalId:long}"] = Admin,
    };

    [Fact]
    public async Task Every_page_accepts_exactly_the_listed_roles()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var browsers = new List<(string Role, TestBrowser Browser)>();
        foreach (var role in (string[])[Anyone, Account, Creator, Admin])
        {
            var browser = new TestBrowser(platform.Address);
            if (role != Anyone)
                await browser.LogInAsync((await platform.LogInAsync(role == Account ? [] : [role])).Email);
            browsers.Add((role, browser));
        }

        Pages(platform).Should().BeEquivalentTo(Allowed.Keys, "each page must be listed with its role");
        var wrong = new List<string>();
        foreach (var (page, allowed) in Allowed)
        {
            var path = page.Replace("{VideoId}", "x", StringComparison.Ordinal).Replace("{RunId:long}", "1", StringComparison.Ordinal)
                .Replace("{ProposalId:long}", "1", StringComparison.Ordinal);
            foreach (var (role, browser) in browsers)
            {
                var read = await browser.Client.GetAsync(path);
                var sent = await browser.SendFormAsync(path, [KeyValuePair.Create("_handler", "none")]);
                foreach (var (status, location) in ((int, string?)[])
                    [(read.Status, read.Headers.GetValueOrDefault("Location")), (sent.Status, sent.Location)])
                {
                    // The page of the refusal has the status 403 itself; the form of a video has it for those who are no creators.
                    var refusal = role == Anyone ? "/login" : "/denied";
                    var isRefused = (status == 403 && page is not "/denied" and not "/studio/new")
                        || (status == 302 && location!.Contains(refusal, StringComparison.Ordinal));
                    if (isRefused == IsAllowed(allowed, role) || status >= 500)
                        wrong.Add($"{page} as {role}: {status} {location}");
                }
            }
        }

        browsers.ForEach(b => b.Browser.Dispose());
        wrong.Should().BeEmpty();
    }

    private static IEnumerable<string> Pages(PlatformUnderTest platform) =>
        from endpoint in platform.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        where endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null
        select "/" + endpoint.RoutePattern.RawText!.Trim('/');
}

using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Routing;

namespace Settlements.AspNetCore.Tests.Hosts;

public sealed class HostsEndpointTests
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    [Theory]
    [InlineData(null, "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/json", "application/json")]
    [InlineData(Browser, "text/html")]
    [InlineData("text/html;q=0.5, application/json", "application/json")]
    [InlineData("application/json;q=0.5, text/html", "text/html")]
    [InlineData("text/html;q=0", "application/json")]
    [InlineData("image/png", "application/json")]
    [InlineData("nonsense", "application/json")]
    public async Task The_form_is_the_one_that_is_asked_for(string? accept, string mediaType)
    {
        await using var app = await StartAsync();

        using var response = await GetAsync(app, accept);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().Should().Be($"{mediaType}; charset=utf-8");
        response.Headers.CacheControl!.ToString().Should().Be("no-store");
        response.Headers.Vary.Should().Equal("Accept");
    }

    [Fact]
    public async Task As_JSON_each_host_is_there_with_all_that_is_known_of_it()
    {
        await using var app = await StartAsync();
        app.Database.HostsNow = [.. app.Database.HostsNow, Down];

        var report = await JsonAsync(app);

        report.GetProperty("asOf").GetString().Should().Be("2026-07-01T09:30:00+00:00");
        report.GetProperty("primary").GetString().Should().Be("db1:3306");
        var hosts = report.GetProperty("hosts").EnumerateArray().Select(h => JsonSerializer.Serialize(h)).ToList();
        hosts[1].Should().Be("""{"name":"db2:3306","role":"Replica","state":"Up","lagSeconds":0.5,"inFlight":2,"weight":3,"version":"10.11.6-MariaDB","position":"0-1-100","detail":"","remedy":""}""");
        hosts[2].Should().Contain("\"lagSeconds\":null").And.Contain("\"version\":null").And.Contain("\"state\":\"Down\"");
        report.GetProperty("hosts")[2].GetProperty("remedy").GetString().Should().StartWith("Start it, or check its address");
    }

    [Fact]
    public async Task As_HTML_it_is_one_well_formed_table_with_a_head_for_each_column_and_row()
    {
        await using var app = await StartAsync();
        app.Database.HostsNow = [.. app.Database.HostsNow, Down];

        var page = await HtmlAsync(app);

        var rows = page.Descendants("tbody").Elements("tr").Select(r => r.Elements().Select(c => c.Value).ToList()).ToList();
        page.Descendants("th").Where(h => h.Attribute("scope")?.Value == "col").Select(h => h.Value)
            .Should().Equal("Host", "Role", "State", "Lag", "In flight", "Weight", "Version", "Position");
        page.Descendants("th").Where(h => h.Attribute("scope")?.Value == "row").Select(h => h.Value).Should().Equal("db1:3306", "db2:3306", "db3:3306");
        rows[0].Should().Equal("db1:3306", "Primary", "Up", "none", "1", "1", "10.11.6-MariaDB", "0-1-100");
        rows[1].Should().Equal("db2:3306", "Replica", "Up", "0.50 s", "2", "3", "10.11.6-MariaDB", "0-1-100");
        rows[3].Should().Equal(Down.Detail);
        rows[4].Should().ContainSingle().Which.Should().StartWith("Start it, or check its address");
        page.Descendants("p").First().Value.Should().Be("db1:3306 takes the writes. 2 of 3 hosts are up.");
        page.Descendants("title").Single().Value.Should().Be("Database hosts: 2 of 3 up");
        page.Descendants("script").Should().BeEmpty();
    }

    [Fact]
    public async Task What_a_server_says_is_text_and_no_HTML()
    {
        const string Evil = "<script>alert('x')</script><b title=\"&quot;\">";
        await using var app = await StartAsync();
        app.Database.HostsNow = [new(Evil, ServerRole.Primary, ServerState.Up, null, 0, 1, CausalToken.None, Evil, Evil)];

        var page = await HtmlAsync(app);

        page.Descendants("script").Concat(page.Descendants("b")).Should().BeEmpty();
        page.Descendants("th").Last().Value.Should().Be(Evil);
        page.Descendants("td").Last().Value.Should().Be(Evil);
        (await JsonAsync(app)).GetProperty("hosts")[0].GetProperty("detail").GetString().Should().Be(Evil);
    }

    [Fact]
    public async Task The_page_may_load_nothing_and_run_nothing_but_show_its_own_style()
    {
        await using var app = await StartAsync();
        using var response = await GetAsync(app, Browser);
        var text = await response.Content.ReadAsStringAsync();
        var style = text[(text.IndexOf("<style>", StringComparison.Ordinal) + 7)..text.IndexOf("</style>", StringComparison.Ordinal)];

        var policy = response.Headers.GetValues("Content-Security-Policy").Single();

        policy.Should().StartWith("default-src 'none';").And.Contain($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'");
        policy.Should().NotContain("unsafe");
        style.Should().NotContain("url(").And.NotContain("@import");
        text.Should().NotContain("style=\"");
    }

    [Theory]
    [InlineData("No host takes writes.", ServerRole.Replica)]
    [InlineData("db1:3306 and db2:3306 are all primaries: make all but one read-only.", ServerRole.Primary)]
    public async Task Without_exactly_one_primary_the_page_says_so_first(string sentence, ServerRole role)
    {
        await using var app = await StartAsync();
        app.Database.HostsNow = [.. app.Database.HostsNow.Select(h => h with { Role = role })];

        var page = await HtmlAsync(app);

        page.Descendants("p").First().Value.Should().StartWith(sentence);
        page.Descendants("p").First().Attribute("class")!.Value.Should().Be("sum bad");
        (await JsonAsync(app)).GetProperty("primary").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task The_endpoint_can_be_protected_as_any_other()
    {
        await using var app = await App.StartAsync(
            services =>
            {
                services.AddAuthentication(o => o.AddScheme<NobodyHandler>("nobody", null));
                services.AddAuthorization();
            },
            app => app.MapDatabaseServers("/hosts").RequireAuthorization(p => p.AddAuthenticationSchemes("nobody").RequireAuthenticatedUser()));
        using var client = app.Client();

        (await client.GetAsync("/hosts")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Only_looking_is_possible()
    {
        await using var app = await StartAsync();
        using var client = app.Client();

        (await client.PostAsync("/hosts", null)).StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
        var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/hosts"));
        (head.StatusCode, (await head.Content.ReadAsByteArrayAsync()).Length).Should().Be((HttpStatusCode.OK, 0));
    }

    [Fact]
    public async Task Without_a_data_source_mapping_fails_at_start() =>
        await FluentActions.Invoking(() => App.StartAsync(s => s.Remove(s.Single(d => d.ServiceType == typeof(MultiHostDataSource))), app => app.MapDatabaseServers()))
            .Should().ThrowAsync<InvalidOperationException>().WithMessage("*MultiHostDataSource*");

    private sealed class NobodyHandler : IAuthenticationHandler
    {
        private HttpContext? _context;

        public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
        {
            _context = context;
            return Task.CompletedTask;
        }

        public Task<AuthenticateResult> AuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());

        public Task ChallengeAsync(AuthenticationProperties? properties)
        {
            _context!.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }

        public Task ForbidAsync(AuthenticationProperties? properties) => Task.CompletedTask;
    }

    private static ServerStatus Down { get; } = new(
        "db3:3306", ServerRole.Unknown, ServerState.Down, null, 0, 1, CausalToken.None, null, "Unable to connect to any of the specified MySQL hosts (Connection refused)");

    private static Task<App> StartAsync() => App.StartAsync(_ => { }, app => app.MapDatabaseServers("/hosts"));

    private static async Task<HttpResponseMessage> GetAsync(App app, string? accept)
    {
        using var client = app.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/hosts");
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        return await client.SendAsync(request);
    }

    private static async Task<JsonElement> JsonAsync(App app)
    {
        using var response = await GetAsync(app, "application/json");
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    /// <summary>The page is written so that it is XML too, but for its head.</summary>
    private static async Task<XElement> HtmlAsync(App app)
    {
        using var response = await GetAsync(app, Browser);
        var text = await response.Content.ReadAsStringAsync();
        text = text.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal);
        text = System.Text.RegularExpressions.Regex.Replace(text, "(<meta [^>]*)>", "$1/>");
        return XElement.Parse(text.Trim());
    }
}

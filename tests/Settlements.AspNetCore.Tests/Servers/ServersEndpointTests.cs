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

namespace Settlements.AspNetCore.Tests.Servers;

public sealed class ServersEndpointTests
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
    public async Task The_media_type_follows_the_Accept_header(string? accept, string mediaType)
    {
        await using var app = await StartAsync();

        using var response = await GetAsync(app, accept);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().Should().Be($"{mediaType}; charset=utf-8");
        response.Headers.CacheControl!.ToString().Should().Be("no-store");
        response.Headers.Vary.Should().Equal("Accept");
    }

    [Fact]
    public async Task The_JSON_report_has_the_status_of_each_server()
    {
        await using var app = await StartAsync();
        app.Database.Current = [.. app.Database.Servers, Down];

        var report = await JsonAsync(app);

        report.GetProperty("asOf").GetString().Should().Be("2026-07-01T09:30:00+00:00");
        report.GetProperty("primary").GetString().Should().Be("db1:3306");
        var servers = report.GetProperty("servers").EnumerateArray().Select(h => JsonSerializer.Serialize(h)).ToList();
        servers[1].Should().Be(
            """{"name":"db2:3306","role":"Replica","state":"Up","lagSeconds":0.5,"inFlight":2,"weight":3,"""
            + "\"version\":\"10.11.6-MariaDB\",\"position\":\"0-1-100\",\"detail\":\"\",\"remedy\":\"\"}");
        servers[2].Should().Contain("\"lagSeconds\":null").And.Contain("\"version\":null").And.Contain("\"state\":\"Down\"");
        report.GetProperty("servers")[2].GetProperty("remedy").GetString().Should().StartWith("Start it, or check its address");
    }

    [Fact]
    public async Task The_HTML_page_is_one_well_formed_table_with_a_header_for_each_column_and_row()
    {
        await using var app = await StartAsync();
        app.Database.Current = [.. app.Database.Servers, Down];

        var page = await HtmlAsync(app);

        var rows = page.Descendants("tbody").Elements("tr").Select(r => r.Elements().Select(c => c.Value).ToList()).ToList();
        var rowHeaders = page.Descendants("th").Where(h => h.Attribute("scope")?.Value == "row").Select(h => h.Value);
        page.Descendants("th").Where(h => h.Attribute("scope")?.Value == "col").Select(h => h.Value)
            .Should().Equal("Server", "Role", "State", "Lag", "In flight", "Weight", "Version", "Position");
        rowHeaders.Should().Equal("db1:3306", "db2:3306", "db3:3306");
        rows[0].Should().Equal("db1:3306", "Primary", "Up", "none", "1", "1", "10.11.6-MariaDB", "0-1-100");
        rows[1].Should().Equal("db2:3306", "Replica", "Up", "0.50 s", "2", "3", "10.11.6-MariaDB", "0-1-100");
        rows[3].Should().Equal(Down.Detail);
        rows[4].Should().ContainSingle().Which.Should().StartWith("Start it, or check its address");
        page.Descendants("p").First().Value.Should().Be("The primary is db1:3306. 2 of 3 servers are up.");
        page.Descendants("title").Single().Value.Should().Be("Database servers: 2 of 3 up");
        page.Descendants("script").Should().BeEmpty();
    }

    [Fact]
    public async Task Texts_of_a_server_are_encoded()
    {
        const string Script = "<script>alert('x')</script><b title=\"&quot;\">";
        await using var app = await StartAsync();
        app.Database.Current = [new(Script, ServerRole.Primary, ServerState.Up, null, 0, 1, CausalToken.None, Script, Script)];

        var page = await HtmlAsync(app);

        page.Descendants("script").Concat(page.Descendants("b")).Should().BeEmpty();
        page.Descendants("th").Last().Value.Should().Be(Script);
        page.Descendants("td").Last().Value.Should().Be(Script);
        (await JsonAsync(app)).GetProperty("servers")[0].GetProperty("detail").GetString().Should().Be(Script);
    }

    [Fact]
    public async Task The_content_security_policy_allows_only_the_style_of_the_page()
    {
        await using var app = await StartAsync();
        using var response = await GetAsync(app, Browser);
        var text = await response.Content.ReadAsStringAsync();
        var style = text[(text.IndexOf("<style>", StringComparison.Ordinal) + 7)..text.IndexOf("</style>", StringComparison.Ordinal)];

        var policy = response.Headers.GetValues("Content-Security-Policy").Single();

        policy.Should().StartWith("default-src 'none';")
            .And.Contain($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'");
        policy.Should().NotContain("unsafe");
        style.Should().NotContain("url(").And.NotContain("@import");
        text.Should().NotContain("style=\"");
    }

    [Theory]
    [InlineData("There is no writable primary.", ServerRole.Replica)]
    [InlineData("Several primaries: db1:3306 and db2:3306. Make all but one read-only.", ServerRole.Primary)]
    public async Task The_page_begins_with_the_error_when_there_is_not_exactly_one_primary(string sentence, ServerRole role)
    {
        await using var app = await StartAsync();
        app.Database.Current = [.. app.Database.Servers.Select(h => new ServerStatus(
            h.Name, role, h.State, h.Lag, h.InFlight, h.Weight, h.Position, h.Version, h.Detail))];

        var page = await HtmlAsync(app);

        page.Descendants("p").First().Value.Should().StartWith(sentence);
        page.Descendants("p").First().Attribute("class")!.Value.Should().Be("sum bad");
        (await JsonAsync(app)).GetProperty("primary").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task The_endpoint_can_require_authorization()
    {
        await using var app = await App.StartAsync(
            services =>
            {
                services.AddAuthentication(o => o.AddScheme<NobodyHandler>("nobody", null));
                services.AddAuthorization();
            },
            app => app.MapDatabaseServers("/servers").RequireAuthorization(
                p => p.AddAuthenticationSchemes("nobody").RequireAuthenticatedUser()));
        using var client = app.Client();

        (await client.GetAsync("/servers")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Only_GET_and_HEAD_are_allowed()
    {
        await using var app = await StartAsync();
        using var client = app.Client();

        (await client.PostAsync("/servers", null)).StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
        var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/servers"));
        (head.StatusCode, (await head.Content.ReadAsByteArrayAsync()).Length).Should().Be((HttpStatusCode.OK, 0));
    }

    [Fact]
    public async Task Mapping_the_endpoint_without_a_data_source_throws() =>
        await FluentActions.Invoking(() => App.StartAsync(
                s => s.Remove(s.Single(d => d.ServiceType == typeof(MultiHostDataSource))), app => app.MapDatabaseServers()))
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
        "db3:3306", ServerRole.Unknown, ServerState.Down, null, 0, 1, CausalToken.None, null,
        "Unable to connect to any of the specified MySQL servers (Connection refused)");

    private static Task<App> StartAsync() => App.StartAsync(_ => { }, app => app.MapDatabaseServers("/servers"));

    private static async Task<HttpResponseMessage> GetAsync(App app, string? accept)
    {
        using var client = app.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/servers");
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        return await client.SendAsync(request);
    }

    private static async Task<JsonElement> JsonAsync(App app)
    {
        using var response = await GetAsync(app, "application/json");
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Parses the page as XML, which it is except for the doctype and the meta elements.</summary>
    private static async Task<XElement> HtmlAsync(App app)
    {
        using var response = await GetAsync(app, Browser);
        var text = await response.Content.ReadAsStringAsync();
        text = text.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal);
        text = System.Text.RegularExpressions.Regex.Replace(text, "(<meta [^>]*)>", "$1/>");
        return XElement.Parse(text.Trim());
    }
}

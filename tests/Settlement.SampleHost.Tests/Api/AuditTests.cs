using System.Net;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>The log of what admins did.</summary>
public abstract class AuditContract
{
    private protected abstract Task<PlatformUnderTest> StartAsync();

    [Fact]
    public async Task Every_change_of_an_admin_is_recorded_with_its_outcome_and_without_secrets()
    {
        await using var platform = await StartAsync();
        var (admin, viewer) = (await platform.LogInAsync("admin"), await platform.LogInAsync());
        (await admin.PutRolesAsync(viewer.UserId, "viewer", "creator")).Should(200);
        (await admin.PutRolesAsync(admin.UserId, "viewer")).ShouldBeProblem(409);
        await viewer.AuthorizeAsync(PlatformUnderTest.Password);
        (await viewer.PostAsync("/api/videos", new { title = "Not an admin's", lengthSeconds = 100 })).Should(201);
        using var browser = new TestBrowser(platform.Address);
        await browser.LogInAsync(admin.Email);
        var form = await browser.OpenFormAsync("/admin/ads", "ad");
        (form["Title"], form["Seconds"]) = ("Soap", "15");
        (await browser.SendFormAsync("/admin/ads", form)).Status.Should().Be(302);
        (await admin.SendAsync(
            HttpMethod.Put, "/api/users/me/password", new { password = PlatformUnderTest.Password, newPassword = "a new secret of words" }))
            .Should(200, 204);

        await admin.AuthorizeAsync("a new secret of words");
        var log = (await admin.GetAsync("/api/audit")).Should(200);
        log.Json.GetProperty("items").EnumerateArray().Select(e => $"{e.GetProperty("action").GetString()} {e.GetProperty("status")}")
            .Should().Equal(
            "PUT /api/users/me/password 204", "ads.ad 302", "PUT /api/users/{userId}/roles 409", "PUT /api/users/{userId}/roles 200");
        log.Json.GetProperty("items")[3].GetProperty("fields").ToString().Should().Contain(viewer.UserId).And.Contain("creator");
        log.Json.GetProperty("items")[1].GetProperty("fields").GetProperty("Title").GetString().Should().Be("Soap");
        log.Json.GetProperty("items").EnumerateArray().Should().OnlyContain(e => e.GetProperty("userId").GetString() == admin.UserId);
        log.Text.Should().NotContain(PlatformUnderTest.Password).And.NotContain("secret");
        (await admin.GetAsync("/api/audit?count=1")).Json.GetProperty("items").GetArrayLength().Should().Be(1);

        using var reader = new TestBrowser(platform.Address);
        await reader.LogInAsync((await platform.LogInAsync("admin")).Email);
        var page = WebUtility.HtmlDecode((await reader.Client.GetAsync("/admin/audit")).Should(200).Text);
        page.Should().ContainAll("Ad registered", "title: Soap", "User 1", "refused (409)", "Roles changed (API)", "User 2");
    }
}

public sealed class SqliteAuditTests : AuditContract
{
    private protected override Task<PlatformUnderTest> StartAsync() => PlatformUnderTest.StartAsync();
}

public sealed class MySqlAuditTests(MySqlForApi server) : AuditContract
{
    private protected override async Task<PlatformUnderTest> StartAsync() => await PlatformUnderTest.StartAsync(await server.CreateAsync());
}

internal static class AuditedRequests
{
    public static Task<ApiAnswer> PutRolesAsync(this ApiClient admin, string userId, params string[] roles) =>
        admin.SendAsync(HttpMethod.Put, $"/api/users/{userId}/roles", new { roles });

    public static void Should(this ApiAnswer answer, params int[] statuses) => statuses.Should().Contain(answer.Status, answer.Text);
}

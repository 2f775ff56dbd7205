using Microsoft.Extensions.DependencyInjection;
using Settlement.SampleHost.Content;
using Settlement.SampleHost.DemoData;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>The start with existing accounts: the first admin and the demo accounts.</summary>
public sealed class StartTests(MySqlForApi mySql)
{
    private const string OperatorPassword = "an operator's own words";

    [Fact]
    public async Task An_admin_with_the_address_of_a_demo_account_can_log_in()
    {
        await using var platform = await StartAsync("admin@example.com");

        for (var start = 0; start < 2; start++)
        {
            await BeginAsync(platform);
            var admin = await LogInAsync(platform, "admin@example.com", OperatorPassword);
            (await admin.GetAsync("/api/users?count=200")).Should(200);
        }

        (await platform.Anonymous.GetAsync("/api/videos?count=5")).Should(200).Json.GetProperty("items").GetArrayLength().Should().Be(5);
        (await platform.Anonymous.PostAsync("/api/users/token", new { email = "admin@example.com", password = PlatformSeed.Password }))
            .Should(401);
    }

    [Fact]
    public async Task A_deleted_demo_admin_is_not_recreated_by_the_next_start()
    {
        await using var platform = await StartAsync();
        await BeginAsync(platform);
        await platform.LogInAsync("admin");
        var demo = await platform.Service<UserTable>().FindByEmailAsync("ADMIN@EXAMPLE.COM", TestContext.Current.CancellationToken);
        (await platform.Service<UserTable>().TryDeleteAsync(demo!.UserId, 1, TestContext.Current.CancellationToken)).Should().BeTrue();

        (await BeginAsync(platform)).Should().NotContain("admin@example.com").And.Contain("creator@example.com");

        (await platform.Service<UserTable>().FindByEmailAsync("ADMIN@EXAMPLE.COM", TestContext.Current.CancellationToken)).Should()
            .BeNull();
    }

    [Fact]
    public async Task An_account_with_the_address_of_a_demo_account_keeps_its_password()
    {
        await using var platform = await StartAsync();
        await SignUpAsync(platform, "viewer@example.com");
        await BeginAsync(platform);
        await BeginAsync(platform);

        await LogInAsync(platform, "viewer@example.com", PlatformUnderTest.Password);
    }

    [Fact]
    public async Task An_account_signed_up_with_the_configured_address_does_not_become_admin()
    {
        await using var platform = await StartAsync("boss@example.com");
        await SignUpAsync(platform, "boss@example.com");

        var start = () => BeginAsync(platform);

        (await start.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should()
            .Contain("boss@example.com").And.Contain("use another Admin:Email").And.Contain("let an admin assign");
        (await (await LogInAsync(platform, "boss@example.com", PlatformUnderTest.Password)).GetAsync("/api/users")).Should(403);
    }

    [Fact]
    public async Task An_interrupted_creation_of_the_admin_is_completed_by_the_next_start()
    {
        await using var platform = await StartAsync("boss@example.com");
        await SignUpAsync(platform, "boss@example.com", OperatorPassword);

        await BeginAsync(platform);

        (await (await LogInAsync(platform, "boss@example.com", OperatorPassword)).GetAsync("/api/users")).Should(200);
    }

    [Fact]
    public async Task A_demo_account_cannot_be_the_first_admin_outside_development()
    {
        await using var platform = await StartAsync();
        await BeginAsync(platform);
        await using var configured = await platform.StartAnotherAsync(
            ("Admin:Email", "admin@example.com"), ("Admin:Password", OperatorPassword));

        var start = () => BeginAsync(configured);

        await start.Should().ThrowAsync<InvalidOperationException>().WithMessage("*'admin@example.com'*demo account*");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Concurrently_starting_instances_seed_the_demo_once(bool isMySql)
    {
        await using var platform = await PlatformUnderTest.StartAsync(isMySql ? await mySql.CreateAsync() : null);
        await using var other = await platform.StartAnotherAsync();

        var messages = await Task.WhenAll(
            Task.Run(() => BeginAsync(platform)), Task.Run(() => BeginAsync(other)), Task.Run(() => BeginAsync(other)));

        messages.Distinct().Should().ContainSingle().Which.Should().Contain("admin@example.com (admin)");
        await using var scope = platform.Services.CreateAsyncScope();
        (await scope.ServiceProvider.GetRequiredService<Catalogue>().ListAdsAsync(null, 50, TestContext.Current.CancellationToken)).Should()
            .HaveCount(4);
    }

    private static Task<PlatformUnderTest> StartAsync(string? email = null) => PlatformUnderTest.StartAsync(
        settings: email is null ? [] : [("Admin:Email", email), ("Admin:Password", OperatorPassword)]);

    /// <summary>Executes the steps of the program before it serves.</summary>
    private static async Task<string> BeginAsync(PlatformUnderTest platform)
    {
        await using var scope = platform.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<FirstAdmin>().ApplyAsync(TestContext.Current.CancellationToken);
        return await ActivatorUtilities.CreateInstance<PlatformSeed>(scope.ServiceProvider, new DemoDays(0)).ApplyAsync(
            TestContext.Current.CancellationToken);
    }

    private static async Task SignUpAsync(PlatformUnderTest platform, string email, string password = PlatformUnderTest.Password) =>
        (await platform.Anonymous.PostAsync("/api/users", new { email, password, displayName = "Somebody" })).Should(201);

    private static async Task<ApiClient> LogInAsync(PlatformUnderTest platform, string email, string password)
    {
        var client = new ApiClient(new HttpClient { BaseAddress = platform.Address }) { Email = email };
        await client.AuthorizeAsync(password);
        return client;
    }
}

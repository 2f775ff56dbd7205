using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Notifications;
using Settlement.SampleHost.Scheduling;
using Settlement.SampleHost.Tests.Pages;
using Settlement.SampleHost.Tests.Playback;
using Settlements;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>Notifications of accounts; for each store.</summary>
public abstract class NotificationContract
{
    private const string Path = "/api/users/me/notifications";

    private static readonly DateOnly Day = new(2026, 3, 10);

    private protected abstract Task<string?> MySqlAsync();

    [Fact]
    public async Task Payees_are_notified_once_of_a_closed_day_and_of_a_corrected_amount()
    {
        await using var platform = await PlatformUnderTest.StartAsync(await MySqlAsync(), ("RateLimits:LogInsPerMinute", "1000"));
        var (ann, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        var viewer = await platform.LogInAsync();
        await platform.ViewAsync(viewer, videoId);
        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        (await UnreadAsync(ann)).Should().ContainSingle().Which.GetProperty("kind").GetString().Should().Be("creator_granted");
        await platform.CloseDayAsync();
        await using var other = await platform.StartAnotherAsync();

        // Another instance notifies between the read and the commit of this one. Then a repetition.
        await using var database = new BlockingDatabase(platform.Service<PlatformDatabase>());
        var held = ActivatorUtilities.CreateInstance<AmountNotices>(platform.Services, database)
            .CatchUpAsync(isStart: false, TestContext.Current.CancellationToken);
        await database.Reached;
        await NotifyAsync(other);
        held.IsCompleted.Should().BeFalse();
        database.Release();
        await held;
        await NotifyAsync(platform);

        await ann.AuthorizeAsync(PlatformUnderTest.Password);
        await viewer.AuthorizeAsync(PlatformUnderTest.Password);
        (await UnreadAsync(viewer)).Should().BeEmpty("a viewer earns nothing");
        var closed = (await UnreadAsync(ann))[0];
        closed.GetProperty("kind").GetString().Should().Be("day_closed");
        closed.GetProperty("day").GetString().Should().Be("2026-03-10");
        closed.GetProperty("amount").GetDecimal().Should().Be(2);
        closed.GetProperty("currency").GetString().Should().Be("KRW");
        (await CountAsync(ann)).Should().Be(2);

        var exclusions = platform.Service<SettlementEngine>().Exclusions;
        var preview = await exclusions.ExcludeAsync(
            new UsageFilter(new DateRange(Day, Day)) { ItemIds = [videoId] }, "bots", "one",
            cancellationToken: TestContext.Current.CancellationToken);
        await exclusions.ApproveAsync(preview.ExclusionId, preview.Hash, "two", cancellationToken: TestContext.Current.CancellationToken);
        await platform.CloseDayAsync();
        await NotifyAsync(platform);

        await ann.AuthorizeAsync(PlatformUnderTest.Password);
        var restated = (await UnreadAsync(ann))[0];
        restated.GetProperty("kind").GetString().Should().Be("amount_restated");
        restated.GetProperty("day").GetString().Should().Be("2026-03-10");
        restated.GetProperty("postingDate").GetString().Should().Be("2026-03-11");
        restated.GetProperty("amount").GetDecimal().Should().Be(-2);
        (await CountAsync(ann)).Should().Be(3, "there is no own usage on the second day");
    }

    [Fact]
    public async Task Notifications_are_paged_and_marked_as_read_by_their_account_only()
    {
        await using var platform = await PlatformUnderTest.StartAsync(await MySqlAsync(), ("RateLimits:LogInsPerMinute", "1000"));
        var (ann, bob) = (await platform.LogInAsync(), await platform.LogInAsync());
        var table = platform.Service<NotificationTable>();
        for (var n = 0; n < 5; n++)
        {
            // One of each subject.
            platform.Clock.Advance(TimeSpan.FromMilliseconds(1));
            var added = new NewNotification(ann.UserId, NotificationKind.DayClosed, $"day {n / 2}", Day.AddDays(n), Amount: n + 0.5m);
            await table.AddAsync(added, TestContext.Current.CancellationToken);
        }

        var first = (await ann.GetAsync($"{Path}?count=2")).Should(200).Json;
        first.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("amount").GetDecimal()).Should().Equal(4.5m, 2.5m);
        var second = (await ann.GetAsync($"{Path}?count=2&after={first.GetProperty("next").GetString()}")).Should(200).Json;
        second.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("amount").GetDecimal()).Should().Equal(0.5m);
        (await bob.GetAsync(Path)).Json.GetProperty("items").GetArrayLength().Should().Be(0);

        var id = first.GetProperty("items")[1].GetProperty("id").GetString();
        (await bob.PostAsync($"{Path}/{id}/read")).ShouldBeProblem(404, "no notification");
        (await CountAsync(ann)).Should().Be(3);
        (await ann.PostAsync($"{Path}/{id}/read")).Should(204);
        (await ann.PostAsync($"{Path}/{id}/read")).Should(204);
        (await CountAsync(ann)).Should().Be(2);
        (await ann.PostAsync($"{Path}/read?through={id}")).Should(204);
        (await UnreadAsync(ann)).Should().ContainSingle("the newest was not seen");
        (await ann.PostAsync($"{Path}/read")).Should(204);
        (await CountAsync(ann)).Should().Be(0);
    }

    private static Task NotifyAsync(PlatformUnderTest platform) =>
        platform.Service<AmountNotices>().CatchUpAsync(isStart: false, TestContext.Current.CancellationToken);

    private static async Task<List<JsonElement>> UnreadAsync(ApiClient client) =>
        [.. (await client.GetAsync($"{Path}?onlyUnread=true")).Should(200).Json.GetProperty("items").EnumerateArray()];

    private static async Task<long> CountAsync(ApiClient client) =>
        (await client.GetAsync($"{Path}/unread")).Should(200).Json.GetProperty("count").GetInt64();
}

public sealed class SqliteNotificationTests : NotificationContract
{
    private protected override Task<string?> MySqlAsync() => Task.FromResult<string?>(null);

    [Fact]
    public async Task The_page_displays_notifications_and_the_header_the_number_of_unread_ones()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var ann = await platform.LogInAsync("creator");
        await platform.Service<NotificationTable>().AddAsync(
            new NewNotification(
                ann.UserId, NotificationKind.AmountRestated, "x", new DateOnly(2026, 3, 8), new DateOnly(2026, 3, 9), Amount: 1_200),
            TestContext.Current.CancellationToken);
        using var browser = new TestBrowser(platform.Address);
        await browser.LogInAsync(ann.Email);

        var page = System.Net.WebUtility.HtmlDecode((await browser.Client.GetAsync("/notifications")).Should(200).Text);
        page.Should().ContainAll(
            "Notifications, 2 unread", "Your amount of 8 Mar 2026 was corrected", "+₩1,200", "date=2026-03-09", "You are a creator now");
        var (status, _, location) = await browser.SendFormAsync("/notifications", await browser.OpenFormAsync("/notifications", "all"));
        status.Should().Be(302);
        location.Should().EndWith("/notifications?done=read");
        (await browser.Client.GetAsync("/notifications")).Text.Should().NotContain("unread");
    }

    [Fact]
    public async Task A_manual_close_notifies_and_a_first_start_notifies_of_the_last_day_only()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (ann, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        for (var day = 0; day < 2; day++)
        {
            await ann.AuthorizeAsync(PlatformUnderTest.Password);
            await platform.ViewAsync(await platform.LogInAsync(), videoId);
            await platform.CloseDayAsync();
        }

        await platform.Service<AmountNotices>().CatchUpAsync(isStart: true, TestContext.Current.CancellationToken);
        (await DaysAsync()).Should().Equal("2026-03-11");

        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        platform.Clock.Advance(TimeSpan.FromDays(1));
        var closes = platform.Service<ManualCloses>();
        await closes.StartAsync("test", new DateOnly(2026, 3, 12), TestContext.Current.CancellationToken);
        await platform.WhileAdvancingClockAsync(WhenIdleAsync());
        (await DaysAsync()).Should().Equal("2026-03-12", "2026-03-11");

        async Task<bool> WhenIdleAsync()
        {
            await closes.WhenIdleAsync();
            return true;
        }

        async Task<List<string>> DaysAsync() =>
        [
            .. (await platform.Service<NotificationTable>().ListAsync(
                ann.UserId, onlyUnread: false, after: null, 50, TestContext.Current.CancellationToken))
                .Where(n => n.Kind == NotificationKind.DayClosed).Select(n => $"{n.Day:yyyy-MM-dd}"),
        ];
    }
}

public sealed class MySqlNotificationTests(MySqlForApi server) : NotificationContract
{
    private protected override async Task<string?> MySqlAsync() => await server.CreateAsync();
}

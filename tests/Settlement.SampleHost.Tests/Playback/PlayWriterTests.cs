using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Playback;
using Settlement.SampleHost.Tests.Api;
using Settlement.SampleHost.Usage;
using Settlements;

namespace Settlement.SampleHost.Tests.Playback;

/// <summary>Commands of many requests in one transaction: the guarantees for each caller.</summary>
public sealed class PlayWriterTests
{
    private const int Callers = 40;

    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(3);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failed_command_does_not_affect_its_group()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var video = await RegisterAsync(platform);
        await using var database = new BlockingDatabase(platform.Service<PlatformDatabase>());
        await using var writer = new PlayWriter(database, platform.Service<PlayUsage>());
        var held = await HoldAsync(database, writer, platform, video);

        var good = Enumerable.Range(0, Callers).Select(n => writer.ExecuteAsync(Start(platform, video, $"user:{n}"), Stop)).ToList();
        var bad = Enumerable.Range(0, Callers).Select(n => writer.ExecuteAsync(
            n % 2 == 0 ? Start(platform, "no such video", $"user:{n}")
                : new ReportCommand(NewId(), $"user:{n}", Now(platform), 1, 0, false), Stop)).ToList();
        database.Release();
        await held.WaitAsync(Soon, Stop);

        (await Task.WhenAll(good)).Should().OnlyContain(a => a.Play!.ViewState == PlayView.Pending);
        foreach (var one in bad)
            (await one.Invoking(t => t).Should().ThrowAsync<PlatformException>()).Which.Status.Should().Be(404);
        database.Writes.Should().Be(2, "all of them shared a transaction");
        (await CountAsync(platform)).Should().Be((Callers + 1, Callers + 1, 0), "a viewing and a play per successful command");
    }

    [Fact]
    public async Task A_failed_group_is_retried_command_by_command()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var video = await RegisterAsync(platform);
        await using var database = new BlockingDatabase(platform.Service<PlatformDatabase>());
        await using var writer = new PlayWriter(database, platform.Service<PlayUsage>());
        var starts = Enumerable.Range(0, Callers).Select(n => Start(platform, video, $"user:{n}"))
            .Append(Start(platform, video, "user:bad")).ToList();
        await Task.WhenAll(starts.Select(s => platform.Service<PlayWriter>().ExecuteAsync(s, Stop)));
        var held = await HoldAsync(database, writer, platform, video);

        // Its event exists with different content, so the settlement rejects the whole group.
        var bad = starts[^1];
        var begun = PlayRules.Begin(bad.PlayId, video, bad.Viewer, "somebody else", 700_000, isByOwner: false, default, bad.At);
        var reached = PlayRules.Report(begun, 1, PlayRules.ViewMinimumMs, isStop: false, bad.At + 3_000_000);
        await platform.Service<SettlementEngine>().Writer.WriteBatchAsync(
            [.. PlayEvents.OfProgress(begun, reached, [], bad.At + 3_000_000).Take(1)], Stop);
        var answers = starts.Select(s => writer.ExecuteAsync(View(s), Stop)).ToList();
        database.Release();
        await held.WaitAsync(Soon, Stop);

        await answers[^1].Invoking(t => t).Should().ThrowAsync<EventRejectedException>();
        (await Task.WhenAll(answers[..^1])).Should().OnlyContain(a => a.Play!.ViewState == PlayView.Counted);
        (await CountAsync(platform)).Should().Be(
            (Callers + 2, Callers + 2, 2 * Callers + 1), "a view and seconds per viewer, and the existing event");
    }

    [Fact]
    public async Task A_lost_commit_fails_all_callers_and_retries_are_counted_once()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var video = await RegisterAsync(platform);
        await using var database = new BlockingDatabase(platform.Service<PlatformDatabase>());
        await using var writer = new PlayWriter(database, platform.Service<PlayUsage>());
        var starts = Enumerable.Range(0, Callers).Select(n => Start(platform, video, $"user:{n}")).ToList();
        await Task.WhenAll(starts.Select(s => platform.Service<PlayWriter>().ExecuteAsync(s, Stop)));
        PlayCommand[] commands = [.. starts, .. starts.Select(View)];

        // The commit succeeds but its response is lost, as when the instance or its connection dies.
        database.LoseResponse();
        var lost = commands.Select(command => writer.ExecuteAsync(command, Stop)).ToList();
        database.Release();
        await Task.WhenAll(lost).Invoking(t => t).Should().ThrowAsync<Exception>();
        var again = await Task.WhenAll(commands.Select(command => writer.ExecuteAsync(command, Stop)));

        again.Should().OnlyContain(a => a.Play!.ViewState == PlayView.Counted);
        (await CountAsync(platform)).Should().Be((Callers, Callers, 2 * Callers), "a view and seconds per viewer");
    }

    [Fact]
    public async Task Callers_of_a_full_queue_wait_or_cancel_and_disposal_completes_queued_commands()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var video = await RegisterAsync(platform);
        await using var database = new BlockingDatabase(platform.Service<PlatformDatabase>());
        var writer = new PlayWriter(database, platform.Service<PlayUsage>());
        var held = await HoldAsync(database, writer, platform, video);
        using var impatient = new CancellationTokenSource();

        var queued = Enumerable.Range(0, PlayWriter.QueueMax).Select(n => writer.ExecuteAsync(Start(platform, video, $"user:{n}"), Stop))
            .ToList();
        var waits = writer.ExecuteAsync(Start(platform, video, "user:waits"), Stop);
        var cancelled = writer.ExecuteAsync(Start(platform, video, "user:cancels"), impatient.Token);
        await impatient.CancelAsync();

        await cancelled.Invoking(t => t).Should().ThrowAsync<OperationCanceledException>();
        waits.IsCompleted.Should().BeFalse();
        database.Release();
        await Task.WhenAll([held, waits, .. queued]).WaitAsync(Soon, Stop);
        await writer.DisposeAsync();
        (await writer.Invoking(w => w.ExecuteAsync(Start(platform, video, "user:late"), Stop)).Should().ThrowAsync<PlatformException>())
            .Which.Status.Should().Be(503);
        (await CountAsync(platform)).Plays.Should().Be(PlayWriter.QueueMax + 2);
    }

    [Fact]
    public async Task Commands_in_a_group_are_executed_in_order_and_a_start_replaces_the_previous_play()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var video = await RegisterAsync(platform);
        await using var database = new BlockingDatabase(platform.Service<PlatformDatabase>());
        await using var writer = new PlayWriter(database, platform.Service<PlayUsage>());
        var held = await HoldAsync(database, writer, platform, video);
        var (first, second) = (Start(platform, video, "user:1"), Start(platform, video, "user:1"));

        var starts = new[] { writer.ExecuteAsync(first, Stop), writer.ExecuteAsync(second, Stop) };
        database.Release();
        await held.WaitAsync(Soon, Stop);
        var plays = await Task.WhenAll(starts);
        var reports = await Task.WhenAll(Enumerable.Range(1, 10).Select(n => writer.ExecuteAsync(
            new ReportCommand(second.PlayId, "user:1", Now(platform) + n * 1_000_000L, n, n * 1_000, IsStop: n == 10), Stop)));

        plays.Select(a => a.Play!.PlayId).Should().Equal(first.PlayId, second.PlayId);
        reports.Select(a => a.Play!.Sequence).Should().Equal(Enumerable.Range(1, 10).Select(n => (long)n));
        reports[^1].Play!.State.Should().Be(PlayStage.Stopped);
        reports[^1].Play!.ViewState.Should().Be(PlayView.Counted);
        await writer.Invoking(w => w.ExecuteAsync(new ReportCommand(first.PlayId, "user:1", Now(platform), 1, 0, false), Stop))
            .Should().ThrowAsync<PlatformException>().WithMessage("*another tab*");
    }

    private static async Task<string> RegisterAsync(PlatformUnderTest platform)
    {
        var creator = await platform.LogInAsync("creator");
        return (await creator.PostAsync("/api/videos", new { title = "A video", lengthSeconds = 700 }))
            .Should(201).Json.GetProperty("videoId").GetString()!;
    }

    /// <summary>Blocks a first command in the database, so that further commands queue behind it.</summary>
    private static async Task<Task> HoldAsync(BlockingDatabase database, PlayWriter writer, PlatformUnderTest platform, string video)
    {
        var held = writer.ExecuteAsync(Start(platform, video, "user:held"), Stop);
        await database.Reached.WaitAsync(Soon, Stop);
        return held;
    }

    private static StartCommand Start(PlatformUnderTest platform, string video, string viewer) =>
        new(NewId(), viewer, Now(platform), video, viewer, Device: null);

    /// <summary>Creates the report that reaches the minimum of a view.</summary>
    private static ReportCommand View(StartCommand start) => new(start.PlayId, start.Viewer, start.At + 3_000_000, 1, 3_000, IsStop: false);

    private static string NewId() => Guid.NewGuid().ToString("N");

    private static long Now(PlatformUnderTest platform) => UnixMicroseconds.From(platform.Clock.GetUtcNow());

    private static Task<(long Viewings, long Plays, long Events)> CountAsync(PlatformUnderTest platform) =>
        platform.Service<PlatformDatabase>().ReadAsync(
            async sql => (
                await sql.FindAsync<long>("SELECT COUNT(*) FROM viewings WHERE video_id <> ''"), await sql.FindAsync<long>(
                    "SELECT COUNT(*) FROM plays"),
                await sql.FindAsync<long>("SELECT COUNT(*) FROM usage_events")),
            Stop);
}

using Settlement.SampleHost.Content;
using Settlement.SampleHost.Playback;
using Settlements;

namespace Settlement.SampleHost.Tests.Playback;

public sealed class PlayRulesTests
{
    private const long T0 = 1_700_000_000_000_000;

    /// <summary>
    /// Reports as "clock:position", both in seconds, of a video of 1,000 s from 0; then the furthest accepted position and the number of
    /// viewed ads (at 300, 600 and 900 s).
    /// </summary>
    [Theory]
    [InlineData("10:10 20:20 30:30", 30, 0)]                        // honest
    [InlineData("10:10.5 20:21 30:31", 31, 0)]                      // honest, with a slow clock
    [InlineData("300:299.999", 299.999, 0)]                         // before the ad
    [InlineData("300:300", 300, 1)]                                 // at the ad: before < position ≤ after
    [InlineData("300:300 310:310", 310, 1)]                         // the ad is not counted twice
    [InlineData("250:250 610:610", 610, 2)]                         // one report over two ads
    [InlineData("361:361", 360, 1)]                                 // after a silence, the maximum of one report
    [InlineData("5000:99999 5001:99999", 361, 1)]                   // the unreported rest is lost
    [InlineData("10:900", 12, 0)]                                   // a jump is limited to the clock plus the tolerance
    [InlineData("10:900 10:900 10:900 10:900 10:900", 12, 0)]       // the tolerance applies once
    [InlineData("0:2 0:4 0:6 0:8", 2, 0)]                           // also for repeated claims
    [InlineData("10:10 400:10 401:400", 13, 0)]                     // a pause can't be used for a jump
    [InlineData("10:10 20:5 25:10 30:15", 15, 0)]                   // repeated seconds are not counted
    [InlineData("310:310 311:290 330:309 340:330", 322, 1)]         // nor repeated ads
    [InlineData("10:10 5:15 8:20", 10, 0)]                          // a clock that goes back gives no progress
    [InlineData("10:10 5:15 20:20", 20, 0)]                         // until it has caught up
    [InlineData("10:-5 20:-1", 0, 0)]                               // before the beginning
    [InlineData("350:350 700:700 5000:99999", 1000, 3)]             // beyond the end: the end
    [InlineData("100:50 200:100", 100, 0)]                          // slower than the clock
    public void A_play_advances_by_at_most_the_elapsed_time(string reports, double furthestSeconds, int ads)
    {
        var play = Begin(lengthSeconds: 1_000);
        var viewed = new List<string>();
        var seconds = 0L;
        var sequence = 0L;
        foreach (var report in reports.Split(' ').Select(r => r.Split(':')))
        {
            var now = T0 + (long)(decimal.Parse(report[0], null) * 1_000_000);
            var after = PlayRules.Report(play, ++sequence, (long)(decimal.Parse(report[1], null) * 1_000), isStop: false, now);
            var events = PlayEvents.OfProgress(play, after, Placements(), now).ToList();
            viewed.AddRange(events.Where(e => e.Meter == PlatformMeters.AdViews).Select(e => e.ItemId));
            seconds += events.Where(e => e.Meter == PlatformMeters.Seconds).Sum(e => e.Quantity);
            play = after;
        }

        play.FurthestMs.Should().Be((long)(furthestSeconds * 1_000));
        viewed.Should().HaveCount(ads).And.OnlyHaveUniqueItems();
        seconds.Should().Be((long)furthestSeconds, "the seconds of all reports add up to the play");
    }

    [Fact]
    public void Random_reports_never_exceed_the_clock_plus_the_tolerance()
    {
        var random = new Random(20260310);
        for (var run = 0; run < 300; run++)
        {
            var play = Begin(lengthSeconds: 3_600);
            var now = T0;
            for (var i = 1; i <= 50; i++)
            {
                now += random.Next(-2_000_000, 12_000_000);
                var before = play;
                play = PlayRules.Report(play, i, random.Next(-10_000, 4_000_000), isStop: false, now);
                play.FurthestMs.Should().BeGreaterThanOrEqualTo(before.FurthestMs);
                play.PositionMs.Should().BeInRange(0, play.FurthestMs);
                play.AccountedUntil.Should().BeGreaterThanOrEqualTo(before.AccountedUntil);
                (play.FurthestMs * 1_000).Should().BeLessThanOrEqualTo(play.ReportedAt - T0 + PlayRules.ToleranceUs);
            }
        }
    }

    [Fact]
    public void Event_ids_are_the_same_for_a_retry_and_differ_between_plays()
    {
        var play = Begin(1_000);
        var after = PlayRules.Report(play, 1, 400_000, isStop: false, T0 + 400_000_000);

        var once = PlayEvents.OfProgress(play, after, Placements(), T0 + 400_000_000).ToList();
        var again = PlayEvents.OfProgress(play, after, Placements(), T0 + 400_000_000).ToList();
        var id = Guid.AllBitsSet.ToString("N");
        var other = PlayEvents.OfProgress(play with { PlayId = id }, after with { PlayId = id }, Placements(), T0 + 400_000_000).ToList();

        again.Should().Equal(once);
        once.Select(e => e.Meter).Should().BeEquivalentTo([PlatformMeters.Views, PlatformMeters.Seconds, PlatformMeters.AdViews]);
        once.Select(e => e.EventId).Concat(other.Select(e => e.EventId)).Should().HaveCount(6).And.OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData(null, true)]    // the first
    [InlineData(0, false)]      // at once
    [InlineData(29, false)]
    [InlineData(30, false)]     // 30 s is included
    [InlineData(31, true)]
    [InlineData(-60, false)]    // the clock went back
    public void A_view_within_30_s_of_the_last_is_not_counted(int? secondsSince, bool isCounted) =>
        PlayRules.IsCounted(T0 - secondsSince * 1_000_000L, T0).Should().Be(isCounted);

    /// <summary>Reports as "clock:position", in seconds; then the instant of the view in seconds from the start, or null.</summary>
    [Theory]
    [InlineData("2.9:2.9", 1_000, null)]
    [InlineData("3:3", 1_000, 3.0)]
    [InlineData("10:10", 1_000, 3.0)]               // one report beyond the minimum: the instant at which it was reached
    [InlineData("0:2 1:3", 1_000, 1.0)]             // with the tolerance
    [InlineData("2:2 602:4", 1_000, 601.0)]         // after a pause
    [InlineData("2:2 4:1 6:2", 1_000, null)]        // repeated seconds are not counted
    [InlineData("1:1", 1, 1.0)]                     // a shorter video must be watched completely
    [InlineData("1.5:1.5", 2, null)]
    [InlineData("10:10 5:4", 1_000, 3.0)]
    public void A_view_is_counted_at_the_instant_when_the_minimum_is_reached(string reports, long lengthSeconds, double? viewedSeconds)
    {
        var play = Begin(lengthSeconds);
        var views = new List<long>();
        foreach (var report in reports.Split(' ').Select(r => r.Split(':')))
        {
            var now = T0 + (long)(decimal.Parse(report[0], null) * 1_000_000);
            var after = PlayRules.Report(play, play.Sequence + 1, (long)(decimal.Parse(report[1], null) * 1_000), isStop: false, now);
            views.AddRange(PlayEvents.OfProgress(play, after, [], now).Where(e => e.Meter == PlatformMeters.Views)
                .Select(e => UnixMicroseconds.From(e.OccurredAt)));
            play = after;
        }

        views.Should().Equal(viewedSeconds is { } at ? [T0 + (long)(at * 1_000_000)] : []);
    }

    [Fact]
    public void Consecutive_plays_of_a_viewer_share_one_tolerance()
    {
        var random = new Random(20261126);
        var (now, played) = (T0, 0L);
        Play? last = null;
        for (var n = 0; n < 200; n++)
        {
            var play = PlayRules.Begin(
                Guid.Empty.ToString("N"), "v", "user:1", "ann", 3_600_000, isByOwner: false,
                new PlayRules.History(0, null, last?.AccountedUntil), now);
            for (var i = 1; i <= random.Next(1, 4); i++)
            {
                play = PlayRules.Report(play, i, 3_600_000, isStop: false, now);
                now += random.Next(0, 2_000_000);
            }

            played += play.FurthestMs;
            last = play;
        }

        (played * 1_000).Should().BeLessThanOrEqualTo(now - T0 + PlayRules.ToleranceUs);
    }

    [Theory]
    [InlineData(299_999, 0)]
    [InlineData(300_000, 0)]
    [InlineData(300_001, 1)]
    [InlineData(301_000, 1)]
    [InlineData(600_000, 1)]
    [InlineData(600_001, 2)]
    [InlineData(3_600_000, 11)]
    public void Ads_are_placed_every_300_s_strictly_before_the_end(long lengthMs, int count) =>
        PlacementRule.Numbers(lengthMs).Should().Equal(Enumerable.Range(1, count));

    [Theory]
    [InlineData("v/ad-1", "v")]
    [InlineData("v", "v")]
    [InlineData("a/ad-b/ad-12", "a/ad-b")]
    public void The_video_of_an_item_is_derived_from_its_id(string itemId, string videoId) =>
        PlacementRule.VideoOf(itemId).Should().Be(videoId);

    [Fact]
    public void A_placement_is_assigned_the_ad_with_the_fewest_placements()
    {
        List<AdUse> ads = [new() { AdId = "a", PlacementCount = 2 }, new() { AdId = "b", PlacementCount = 1 },
            new() { AdId = "c", PlacementCount = 1 }];

        PlacementRule.Assign(["1", "2", "3", "4"], ads).Select(d => d.AdId).Should().Equal("b", "c", "a", "b");
        PlacementRule.Assign(["1"], []).Should().Equal(("1", null));
    }

    [Theory]
    [InlineData(0, 299_999)]
    [InlineData(0, 300_000, 1)]
    [InlineData(299_999, 300_000, 1)]
    [InlineData(300_000, 300_000)]
    [InlineData(300_000, 599_999)]
    [InlineData(300_000, 1_000_000, 2, 3)]
    [InlineData(400_000, 200_000)]
    public void The_numbers_of_the_placements_between_two_positions_are_returned(long before, long after, params int[] numbers)
    {
        PlacementRule.Crossed(before, after).Should().Equal(numbers);
        Placements().Where(p => before < p.PositionMs && p.PositionMs <= after).Select(p => p.ItemId).Should()
            .BeSubsetOf(numbers.Select(number => PlacementRule.ItemId("v", number)));
    }

    private static Play Begin(long lengthSeconds) =>
        PlayRules.Begin(Guid.Empty.ToString("N"), "v", "user:1", "ann", lengthSeconds * 1_000, isByOwner: false, default, T0);

    private static IEnumerable<Placement> Placements() => PlacementRule.Numbers(1_000_000)
        .Select(n => new Placement { ItemId = PlacementRule.ItemId("v", n), PositionMs = PlacementRule.PositionMs(n), AdId = "ad" });
}

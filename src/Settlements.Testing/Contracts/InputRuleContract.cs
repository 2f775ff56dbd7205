using System.Data;
using System.Globalization;
using System.Text;

namespace Settlements.Testing;

/// <summary>Contract tests of input validation: every input method rejects events that could never be paid or would fail a close.</summary>
public abstract class InputRuleContract
{
    private static readonly DateTimeOffset Now = new(2024, 8, 1, 0, 0, 0, TimeSpan.Zero);

    protected abstract StoreUnderTest NewStore();

    [Theory]
    [InlineData("unknown meter", "meter", "'vv.typo' has no rates and is not declared")]
    [InlineData("no version", "occurred_at", "no rate version of meter 'video.view' covers")]
    [InlineData("before the start", "occurred_at", "before 2024-02-01, the first business day (StartsOn)")]
    [InlineData("too far ahead", "occurred_at", "more than 02:00:00 (AheadMax) ahead of the current time, 2024-08-01T00:00:00Z")]
    [InlineData("empty id", "event_id", "all zeros")]
    [InlineData("too much", "quantity", "Use -1000000000000 to 1000000000000")]
    public async Task Every_input_method_rejects_an_invalid_event_with_column_and_reason(string what, string column, string reason)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s =>
        {
            Scenario.UsualRates(s);
            s.Configure(o => o.AheadMax = TimeSpan.FromHours(2));
            if (what != "no version")
                s.StartsOn(new DateOnly(2024, 2, 1));
        });
        var good = Scenario.Event(1, Scenario.Monday, 5);
        var wrong = Scenario.Event(2, Scenario.Monday, 7);
        wrong = what switch
        {
            "unknown meter" => wrong with { Meter = "vv.typo" },
            "no version" => wrong with { OccurredAt = Scenario.Instant(new DateOnly(2023, 12, 31), 23.9) },
            "before the start" => wrong with { OccurredAt = Scenario.Instant(new DateOnly(2024, 1, 31), 23.9) },
            "too far ahead" => wrong with { OccurredAt = Now.AddHours(2).AddMicroseconds(1) },
            "empty id" => wrong with { EventId = Guid.Empty },
            _ => wrong with { Quantity = UsageEvent.QuantityMax + 1 },
        };

        var rejected = new List<RejectedRow>();
        var options = new UsageLoadOptions
        {
            RejectsMax = 1, OnRejected = (row, _) => { rejected.Add(row); return ValueTask.CompletedTask; },
        };
        (await scenario.LoadAsync(options, good, wrong)).Should().Match<LoadReport>(r => r.Stored == 1 && r.Rejected == 1);
        var csv = $"event_id,occurred_at,meter,item_id,payee_id,quantity\n{Row(good)}\n{Row(wrong)}\n";
        (await scenario.Engine.Events.LoadCsvAsync(new MemoryStream(Encoding.UTF8.GetBytes(csv)), options))
            .Should().Match<LoadReport>(r => r.Duplicates == 1 && r.Rejected == 1);
        rejected.Select(r => (r.RowNumber, r.Column)).Should().Equal((2, column), (3, column));
        rejected.Should().AllSatisfy(r => r.Reason.Should().Contain(reason));

        await RejectedAsync(() => scenario.Engine.Writer.WriteAsync(wrong));
        await RejectedAsync(() => scenario.Engine.Writer.WriteBatchAsync([Scenario.Event(3, Scenario.Monday), wrong]));
        await using var connection = await store.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
        await RejectedAsync(() => scenario.Engine.Writer.WriteAsync(transaction, [Scenario.Event(3, Scenario.Monday), wrong]));
        await transaction.CommitAsync();
        (await store.CountAsync("SELECT count(*) FROM usage_events")).Should().Be(1);

        async Task RejectedAsync<T>(Func<Task<T>> write)
        {
            var error = (await write.Should().ThrowAsync<EventRejectedException>()).Which;
            error.Column.Should().Be(column);
            error.Reason.Should().Contain(reason);
        }
    }

    private static string Row(UsageEvent one) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{one.EventId},{one.OccurredAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.ffffff}Z,"
            + $"{one.Meter},{one.ItemId},{one.PayeeId},{one.Quantity}");
}

using System.Text;
using Settlements.Stores;

namespace Settlements.Tests.Usage;

public sealed class EventBatchTests
{
    [Fact]
    public void Events_with_texts_of_any_length_are_returned_unchanged()
    {
        var batch = new EventBatch(3);
        var longest = string.Concat(Enumerable.Repeat("😀", UsageEvent.TextLengthMax));
        for (var round = 0; round < 2; round++)
        {
            batch.Clear();
            for (var i = 1; i <= 3; i++)
                batch.Add(i * 10, Id(i), i, Encoding.UTF8.GetBytes(longest), Encoding.UTF8.GetBytes("item"
                    + i), Encoding.UTF8.GetBytes(longest), -i);

            batch.IsFull.Should().BeTrue();
            for (var i = 1; i <= 3; i++)
            {
                batch[i - 1].Should().Be(new UsageEvent(Id(i), UnixMicroseconds.ToInstant(i), longest, "item" + i, longest, -i));
                batch.RowNumber(i - 1).Should().Be(i * 10);
            }
        }
    }

    [Fact]
    public void Reasons_and_references_are_returned_only_with_their_events()
    {
        var batch = new EventBatch(5);
        for (var round = 0; round < 2; round++)
        {
            batch.Clear();
            batch.HasNotes.Should().BeFalse();
            batch.Add(1, Id(1), 0, "m"u8, "i"u8, "p"u8, 1);
            batch.HasNotes.Should().BeFalse();
            batch.Add(2, Id(2), 0, "m"u8, "i"u8, "p"u8, 1, "reason"u8, "reference"u8);
            batch.Add(3, Id(3), 0, "m"u8, "i"u8, "p"u8, 1);
            batch.Add(4, Id(4), 0, "m"u8, "i"u8, "p"u8, 1, "r2"u8);
            batch.Add(5, Id(5), 0, "m"u8, "i"u8, "p"u8, 1, default, "R3"u8);

            batch.HasNotes.Should().BeTrue();
            Enumerable.Range(0, 5).Select(i => (batch.HasNote(i), batch[i].Reason, batch[i].Reference)).Should().Equal(
                (false, null, null), (true, "reason", "reference"), (false, null, null), (true, "r2", null), (true, null, "R3"));
        }
    }

    [Fact]
    public void An_empty_reason_or_reference_is_absent()
    {
        var one = new UsageEvent(Id(1), DateTimeOffset.UnixEpoch, "m", "i", "p", 1);

        (one with { Reason = "", Reference = "" }).Should().Be(one);
        (one with { Reason = "" }).Reason.Should().BeNull();
    }

    [Fact]
    public void Adding_to_a_full_batch_is_refused()
    {
        var batch = new EventBatch(1);
        batch.Add(1, Id(1), 0, "m"u8, "i"u8, "p"u8, 1);

        var add = () => batch.Add(2, Id(2), 0, "m"u8, "i"u8, "p"u8, 1);

        add.Should().Throw<InvalidOperationException>().WithMessage("The batch is full: its capacity is 1 events. *");
        batch.Count.Should().Be(1);
    }

    [Fact]
    public void Cleared_events_can_not_be_read()
    {
        var batch = new EventBatch(2);
        batch.Add(1, Id(1), 0, "m"u8, "i"u8, "p"u8, 1);
        batch.Clear();

        Action[] reads =
        [
            () => batch.EventId(0), () => batch.OccurredAt(0), () => batch.Quantity(0), () => batch.RowNumber(0), () => batch.Meter(0),
            () => batch.ItemId(0), () => batch.PayeeId(0), () => _ = batch[0], () => batch.EventId(-1),
        ];

        reads.Should().AllSatisfy(read => read.Should().Throw<ArgumentOutOfRangeException>().WithMessage("The batch has 0 events*"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(EventBatch.CapacityMax + 1)]
    public void A_capacity_out_of_range_is_refused(int capacity) =>
        FluentActions.Invoking(() => new EventBatch(capacity)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName(
            nameof(capacity));

    private static Guid Id(int number) => new(number, 0, 0, new byte[8]);
}

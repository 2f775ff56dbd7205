using System.Text;
using Settlements.Stores;

namespace Settlements.Tests.Rankings;

public sealed class TopItemsTests
{
    [Fact]
    public void The_greatest_sums_are_returned_and_ties_are_ordered_by_item()
    {
        var top = new TopItems(count: 3, quantityMin: 2);
        foreach (var (item, payee, quantity) in new (string, string, long)[]
        {
            ("a", "p", 5), ("b", "p", 7), ("c", "p", 3), ("c", "q", 4), ("d", "p", 1), ("e", "p", 7), ("f", "p", 7),
        })
        {
            top.Add(Encoding.UTF8.GetBytes(item), Encoding.UTF8.GetBytes(payee), quantity);
        }

        top.Items().Should().BeEquivalentTo(
            [new ItemQuantity("b", "p", 7), new("c", "q", 7), new("e", "p", 7)], o => o.WithStrictOrdering());
    }

    [Fact]
    public void Items_below_the_minimum_quantity_are_omitted()
    {
        var top = new TopItems(count: 3, quantityMin: 2);
        top.Add("a"u8, "p"u8, 1);
        top.Items().Should().BeEmpty();
    }

    [Fact]
    public void Ids_longer_than_the_initial_buffer_and_sums_beyond_64_bits_are_supported()
    {
        var top = new TopItems(count: 1, quantityMin: 0);
        var id = new string('x', 1_000);
        for (var i = 0; i < 2; i++)
            top.Add(Encoding.UTF8.GetBytes(id), Encoding.UTF8.GetBytes(id), long.MaxValue);
        top.Items().Should().BeEquivalentTo([new ItemQuantity(id, id, long.MaxValue)], o => o.WithStrictOrdering());
    }

    [Fact]
    public void Texts_of_periods_parse_back_and_others_are_refused()
    {
        foreach (var period in (CalendarPeriod[])[CalendarPeriod.Day, CalendarPeriod.Week, CalendarPeriod.Month])
            RankingText.Parse(RankingText.Of(period)).Should().Be(period);
        foreach (var period in Enum.GetValues<CounterPeriod>())
            CounterPeriodText.Parse(CounterPeriodText.Of(period)).Should().Be(period);
        FluentActions.Invoking(() => RankingText.Parse("year")).Should().Throw<InvalidOperationException>()
            .WithMessage("*rankings*'year'*");
        FluentActions.Invoking(() => CounterPeriodText.Parse("life")).Should().Throw<InvalidOperationException>()
            .WithMessage("*counter_periods*'life'*");
    }
}

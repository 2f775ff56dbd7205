using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql.Tests.Sources;

/// <summary>The groups of a slice have to add up to the totals that the server computes without groups.</summary>
public sealed class GroupTotalsTests(SharedServer shared)
{
    private static readonly string[] Sums = ["sum(quantity), sum(quantity <> 0), 0"];

    [Theory]
    [InlineData(2, 7, 2, null)]
    [InlineData(1, 7, 2, "*have 1 rows in a slice, and the server counts 2*")]
    [InlineData(2, 8, 2, "*have 8 units of video.view*counts 7*")]
    [InlineData(2, 7, 3, "*have 3 events of video.view*counts 2*")]
    public async Task Groups_that_do_not_add_up_are_a_transient_error(long rows, long quantity, long events, string? message)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync("""
            CREATE TABLE play (id BIGINT NOT NULL PRIMARY KEY, at DATETIME(6) NOT NULL, item INT NOT NULL, owner INT NOT NULL,
                quantity INT NOT NULL);
            INSERT INTO play VALUES (1, '2024-07-01', 1, 1, 3), (2, '2024-07-01', 1, 1, 4)
            """);
        var source = new UsageTableBuilder("plays").Table("play").OccurredAt("at").Item("item").Payee("owner")
            .Sums("video.view", "quantity").Build([])!;
        await using var connection = (MySqlConnection)await store.OpenAsync();
        var table = await SourceTable.FindAsync(connection, source, isPortable: true, day: null, default);
        var selected = EventRows.Of(table, new UtcRange(SupportedInstants.First, SupportedInstants.End));
        var totals = new GroupTotals(1) { Rows = rows };
        totals.Add(0, quantity, events);

        var check = () => totals.RequireEqualAsync(connection, source, selected, selected.All, Sums, default);

        if (message is null)
            await check.Should().NotThrowAsync();
        else
            (await check.Should().ThrowAsync<UnequalTotalsException>().WithMessage(message)).Which.IsTransient.Should().BeTrue();
    }
}

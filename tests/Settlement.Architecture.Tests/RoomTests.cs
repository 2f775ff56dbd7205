namespace Settlement.Architecture.Tests;

public sealed class RoomTests
{
    [Theory]
    [MemberData(nameof(Shipped.Names), MemberType = typeof(Shipped))]
    public void Rooms_use_only_what_the_table_allows(string assembly)
    {
        using var module = Shipped.Module(assembly);

        string.Join('\n', Rooms.Violations(module)).Should().BeEmpty("the table in Rooms.cs says who may use whom");
    }

    [Theory]
    [MemberData(nameof(Shipped.Names), MemberType = typeof(Shipped))]
    public void Every_room_stands_in_the_table(string assembly)
    {
        using var module = Shipped.Module(assembly);

        module.OwnTypes().Select(type => type.OutermostType().FullName).Distinct().Where(name => !Rooms.IsKnown(name)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("Settlement.Rankings.RankingReader", "Settlement.Closing.DayCloser")]
    [InlineData("Settlement.Pipelines.PipelineRunner", "Settlement.Sums.DailyTotal")]
    [InlineData("Settlement.Sums.DailyTotal", "Settlement.Lines.PricedLine")]
    [InlineData("Settlement.Lines.LinePricer", "Settlement.BillableEvents.BillableEvent")]
    [InlineData("Settlement.Statements.StatementReader", "Settlement.Sums.IDailyTotalStore")]
    [InlineData("Settlement.Rates.RateTable", "Settlement.Calendars.BusinessCalendar")]
    [InlineData("Settlement.Calendars.BusinessCalendar", "Settlement.SettlementPlan")]
    [InlineData("Settlement.Lines.LineReader", "Settlement.SettlementEngine")]
    [InlineData("Settlement.Sqlite.Rankings.SqliteRankingStore", "Settlement.Sqlite.Lines.SqlitePricedLineStore")]
    [InlineData("Settlement.Common.Helper", "Settlement.Rates.RateTable")]
    public void The_table_refuses_what_the_design_refuses(string user, string used) => Rooms.IsAllowed(user, used).Should().BeFalse();

    [Theory]
    [InlineData("Settlement.Statements.StatementReader", "Settlement.Sums.ItemFilter")]
    [InlineData("Settlement.Lines.LinePricer", "Settlement.Rates.RateTable")]
    [InlineData("Settlement.Closing.DayCloser", "Settlement.Rankings.IRankingStore")]
    [InlineData("Settlement.SettlementServices", "Settlement.Verification.Verifier")]
    [InlineData("Settlement.Sqlite.Rankings.SqliteRankingStore", "Settlement.Rankings.IRankingStore")]
    [InlineData("Settlement.Rankings.RankingReader", "System.String")]
    public void The_table_allows_the_way_of_the_data(string user, string used) => Rooms.IsAllowed(user, used).Should().BeTrue();

    [Fact]
    public void Uses_are_found_in_signatures_generic_arguments_and_bodies()
    {
        using var module = Shipped.Module("Settlement.Architecture.Tests");
        var user = module.GetTypes().Single(type => type.Name == nameof(User));

        TypeUses.Of(user).Select(used => used.Name).Should().Contain(
            [nameof(InField), nameof(InParameter), nameof(InBody), nameof(InLocal), nameof(IConstraint), nameof(InCatch)]);
    }

    private sealed class User
    {
        private readonly Dictionary<string, InField[]> _field = [];

        public int Count(Func<InParameter?, int> count, object value)
        {
            try
            {
                InLocal? local = value as InLocal;
                return _field.Count + count(null) + (local is null ? InBody.One : 0) + One<IConstraint>();
            }
            catch (InCatch)
            {
                return 0;
            }
        }

        private static int One<T>() where T : IConstraint => typeof(T).Name.Length;
    }

    private sealed class InField;

    private sealed class InParameter;

    private sealed class InLocal;

    private interface IConstraint;

    private sealed class InCatch : Exception;

    private static class InBody
    {
        public static int One => 1;
    }
}

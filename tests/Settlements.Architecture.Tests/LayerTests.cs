namespace Settlements.Architecture.Tests;

public sealed class LayerTests
{
    [Theory]
    [MemberData(nameof(Shipped.Names), MemberType = typeof(Shipped))]
    public void Folders_use_only_what_the_table_allows(string assembly)
    {
        using var module = Shipped.Module(assembly);

        string.Join('\n', Layers.Violations(module)).Should().BeEmpty("Layers.cs lists which folder may use which");
    }

    [Theory]
    [MemberData(nameof(Shipped.Names), MemberType = typeof(Shipped))]
    public void Every_folder_is_in_the_table(string assembly)
    {
        var folders = SourceFolders.Of(assembly).Select(type => type.Folder).Distinct().ToList();

        folders.Should().HaveCountGreaterThan(2);
        folders.Where(folder => !Layers.IsKnown(folder)).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Shipped.Names), MemberType = typeof(Shipped))]
    public void Every_compiled_type_has_a_source(string assembly)
    {
        using var module = Shipped.Module(assembly);

        module.OwnTypes().Where(type => SourceFolders.Find(type) is null).Select(type => type.FullName).Should().BeEmpty();
    }

    [Theory]
    [InlineData("Settlements/Rankings/RankingReader", "Settlements/Closing/DayCloser")]
    [InlineData("Settlements/Pipelines/PipelineRunner", "Settlements/Sums/UsageSum")]
    [InlineData("Settlements/Sums/UsageSum", "Settlements/Lines/SettlementLine")]
    [InlineData("Settlements/Lines/LinePricer", "Settlements/Usage/UsageEvent")]
    [InlineData("Settlements/Statements/StatementReader", "Settlements/Sums/ISumStore")]
    [InlineData("Settlements/Rates/RateTable", "Settlements/Calendars/BusinessCalendar")]
    [InlineData("Settlements/Calendars/BusinessCalendar", "Settlements/SettlementOptions")]
    [InlineData("Settlements/Lines/LineReader", "Settlements/SettlementEngine")]
    [InlineData("Settlements.Sqlite/Rankings/SqliteRankingStore", "Settlements.Sqlite/Lines/SqliteLineStore")]
    [InlineData("Settlements/Common/Helper", "Settlements/Rates/RateTable")]
    public void The_table_refuses_uses_against_the_data_flow(string user, string used) =>
        Layers.IsAllowed(SourceType.Parse(user), SourceType.Parse(used)).Should().BeFalse();

    [Theory]
    [InlineData("Settlements/Statements/StatementReader", "Settlements/Sums/ItemFilter")]
    [InlineData("Settlements/Lines/LinePricer", "Settlements/Rates/RateTable")]
    [InlineData("Settlements/Closing/DayCloser", "Settlements/Rankings/IRankingStore")]
    [InlineData("Settlements/SettlementServices", "Settlements/Verification/Verifier")]
    [InlineData("Settlements.Sqlite/Rankings/SqliteRankingStore", "Settlements/Rankings/IRankingStore")]
    [InlineData("Settlements.Sqlite/Rankings/SqliteRankingStore", "Settlements.Sqlite/SqliteStoreOptions")]
    public void The_table_allows_uses_along_the_data_flow(string user, string used) =>
        Layers.IsAllowed(SourceType.Parse(user), SourceType.Parse(used)).Should().BeTrue();

    [Fact]
    public void Uses_in_signatures_generic_arguments_and_bodies_are_found()
    {
        using var module = Shipped.Module("Settlements.Architecture.Tests");
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

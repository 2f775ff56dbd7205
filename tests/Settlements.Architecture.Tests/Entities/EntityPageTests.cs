namespace Settlements.Architecture.Tests.Entities;

/// <summary>
/// Tests that docs/entities.md and its diagram are those of the schema. With SETTLEMENT_WRITE=entities, as in <c>./build.sh --entities</c>,
/// they are written.
/// </summary>
public sealed class EntityPageTests
{
    private static readonly IReadOnlyList<OwnedEntity> All = EntityModel.Read();

    [Fact]
    public void The_page_is_that_of_the_schema() => ShouldBe("docs/entities.md", EntityPage.Write(All));

    [Fact]
    public void The_diagram_is_that_of_the_schema() => ShouldBe("docs/images/entities.svg", EntityDiagram.Draw(All));

    [Fact]
    public void Every_table_and_column_of_both_schemas_is_read()
    {
        foreach (var store in new[] { "Settlements.Sqlite", "Settlements.MySql" })
        {
            var entities = EntityReader.Read(store);
            var sql = string.Concat(
                Directory.GetFiles(Path.Combine(Repository.Root, "src", store, "Schema"), "*.sql").Select(File.ReadAllText));

            entities.Should().HaveCount(sql.Split("CREATE TABLE ").Length - 1);
            entities.Should().OnlyContain(entity => entity.Key.Count > 0 && entity.Columns.Count > 1);
            entities.SelectMany(entity => entity.Key.Except(entity.Columns.Select(column => column.Name))).Should().BeEmpty();
        }
    }

    [Fact]
    public void References_are_to_existing_tables() =>
        EntityModel.References(All).Select(reference => reference.To).Distinct().Should().BeSubsetOf(All.Select(entity => entity.Name));

    private static void ShouldBe(string path, string expected)
    {
        var file = Path.Combine(Repository.Root, path);
        if (Environment.GetEnvironmentVariable("SETTLEMENT_WRITE") == "entities")
            File.WriteAllText(file, expected);
        File.ReadAllText(file).Should().Be(expected, "{0} is written by ./build.sh --entities", path);
    }
}

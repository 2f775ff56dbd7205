using System.Text.RegularExpressions;

namespace Settlements.Architecture.Tests;

/// <summary>Tests that each table is written only from the folder of its owner.</summary>
public sealed partial class TableOwnerTests
{
    /// <summary>The owner of each table.</summary>
    internal static readonly Dictionary<string, string> Owners = new(
        from owner in new (string Folder, string[] Tables)[]
        {
            ("Usage",
            [
                "usage_events", "usage_changes", "late_events", "event_notes", "event_ids", "recorded_sources", "source_states",
                "writer_locks",
            ]),
            ("BusinessDays", ["business_days"]),
            ("Sums", ["partial_sums", "control_totals"]),
            ("Lines", ["settlement_lines", "payee_sums", "quarantined_usage", "day_totals", "day_amounts", "rate_versions"]),
            ("Counters", ["item_counters", "volume_units", "rounding_sums", "counter_totals", "counter_periods", "opening_counters"]),
            ("Rankings", ["rankings"]),
            ("Estimates", ["estimates", "estimate_refreshes"]),
            ("Corrections", ["adjustments", "proposals", "restatement_entries", "exclusion_entries", "excluded_events"]),
            ("Pipelines", ["pipeline_runs", "pipeline_steps", "pipeline_chunks", "pipeline_incidents"]),
        }
        from table in owner.Tables
        select KeyValuePair.Create(table, owner.Folder));

    [Theory]
    [InlineData("Settlements.Sqlite")]
    [InlineData("Settlements.MySql")]
    public void Each_table_is_written_only_by_its_owner(string store)
    {
        var files = Repository.SourceFiles().Select(file => (RelativePath: Repository.RelativePath(file), Text: File.ReadAllText(file)))
            .Where(file => file.RelativePath.StartsWith($"src/{store}/", StringComparison.Ordinal)).ToList();
        var schema = File.ReadAllText(Path.Combine(Repository.Root, "src", store, "Schema", "0001_initial.sql"));
        var tables = Tables().Matches(schema).Select(match => match.Groups[1].Value).ToList();
        var triggers = Triggers().Matches(schema).ToList();

        tables.Should().HaveCountGreaterThan(20).And.BeSubsetOf(Owners.Keys, "a new table needs an owner");
        foreach (var table in tables)
        {
            var folders = files.Where(file => IsWrittenBy(file.Text, table)).Select(file => file.RelativePath.Split('/')[2]);
            var triggering = triggers.Where(t => IsWrittenBy(t.Groups[2].Value, table)).Select(t => Owners[t.Groups[1].Value]);
            var writers = folders.Concat(triggering).Distinct().ToList();
            writers.Should().Equal([Owners[table]], "only its owner may write {0}", table);
        }
    }

    [Theory]
    [InlineData("INSERT INTO rankings (day)", true)]
    [InlineData("INSERT OR IGNORE INTO rankings (day)", true)]
    [InlineData("INSERT IGNORE INTO rankings (day)", true)]
    [InlineData("UPDATE rankings SET day = 1", true)]
    [InlineData("DELETE FROM rankings", true)]
    [InlineData("BulkTable.Of(\"rankings\", \"day\")", true)]
    [InlineData("INSERT IGNORE INTO {gate.In}rankings (day)", true)]
    [InlineData("SELECT * FROM rankings", false)]
    [InlineData("DELETE FROM rankings_of_others", false)]
    public void Writing_statements_are_found(string text, bool isWritten) => IsWrittenBy(text, "rankings").Should().Be(isWritten);

    private static bool IsWrittenBy(string text, string table) => Regex.IsMatch(
        text,
        @"\b(?:(?:INSERT|REPLACE)(?:\s+(?:OR\s+\w+|IGNORE))?\s+INTO|UPDATE|DELETE\s+(?:\w+\s+)?FROM|ALTER\s+TABLE)\s+(?:\{gate\.In\})?"
            + table + @"\b"
        + @"|(?:BulkTable|BulkTable\.Of|BulkTable\s+\w+\s*=\s*new)\(\s*""" + table + @"""");

    [GeneratedRegex(@"^CREATE TABLE (?!IF\b)(\w+)", RegexOptions.Multiline)]
    private static partial Regex Tables();

    [GeneratedRegex(@"^CREATE TRIGGER \w+ AFTER \w+ ON (\w+) (BEGIN\b.*?\bEND);", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Triggers();
}

using System.Text.RegularExpressions;

namespace Settlements.Architecture.Tests;

/// <summary>
/// Tests that docs/troubleshooting.md has an entry for each text of an error in the sources, and none for a text that no longer exists.
/// </summary>
public sealed partial class TroubleshootingTests
{
    /// <summary>Texts that read like errors and are none, by the beginning of the text, with the reason.</summary>
    private static readonly Dictionary<string, string> NoErrors = new()
    {
        ["Correct the row, "] = Remedy,
        ["Check the source's table, columns and condition"] = Remedy,
        ["Restore the file, or replace it with a complete one"] = Remedy,
        ["Create an index that starts with the instant"] = "a hint in log event 3003",
        ["Database servers at …"] = "the name of an endpoint",
        ["The next close publishes the day."] = Output,
        ["Nothing is posted."] = Output,
        ["It prices usage from its first date on."] = Output,
        ["The first open day posts the differences."] = Output,
        ["It is posted to the first open day."] = Output,
        ["Default: the value in the settlement's file"] = Output,
        ["… estimated as of …"] = Output,
        ["Only this "] = Output,
        ["List, propose, export and import rate versions."] = Output,
        ["The override: item:ID or payee:ID."] = Output,
        ["The posted exclusion to reverse."] = Output,
        ["The total in … …"] = Report,
        ["The candidate can't price … sums"] = Report,
        ["… of … for … at … (…)"] = Report,
        ["… of the … of …"] = Report,
    };

    /// <summary>Folders whose texts are no errors.</summary>
    private static readonly string[] OtherFolders =
    [
        "src/Settlements.AspNetCore/Quarantine/", // the texts of a health check
        "src/Settlements.AspNetCore/Servers/", // the texts of a status page and its health checks
        "src/Settlements.Testing/", // results of tests
    ];

    private const string Remedy = "the remedy at the end of an error that has an entry";
    private const string Output = "output or help of the command line";
    private const string Report = "a part of a report";

    private static readonly IReadOnlyList<ErrorText> Texts =
    [
        .. from file in Repository.SourceFiles()
           let path = Repository.RelativePath(file)
           where !OtherFolders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal))
           from text in ErrorTexts.In(File.ReadAllText(file), path)
           select text,
    ];

    private static readonly string[] Page = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "troubleshooting.md"));

    [Fact]
    public void Each_error_has_an_entry()
    {
        var entries = Entries();

        Texts.Should().HaveCountGreaterThan(600, "the sources have that many errors");
        string.Join('\n', Texts
            .Where(text => !entries.Any(entry => IsOf(text, entry)) && !NoErrors.Keys.Any(start => IsOf(text, start)))
            .Select(text => $"{text.Place}: {text.Text}")).Should().BeEmpty(
                "docs/troubleshooting.md has a row for each error: quote the beginning of its text, with … for each value");
    }

    [Fact]
    public void Each_entry_has_an_error() =>
        string.Join('\n', Entries().Concat(NoErrors.Keys).Where(entry => !Texts.Any(text => IsOf(text, entry))))
            .Should().BeEmpty("an entry quotes the beginning of a text in the sources");

    [Fact]
    public void Each_entry_is_quoted_once_and_identifies_its_error()
    {
        var entries = Entries();

        entries.Should().OnlyHaveUniqueItems();
        entries.Where(entry => Words().Count(entry) < 2).Should().BeEmpty(
            "an entry with fewer than two words applies to other errors, too");
    }

    [Fact]
    public void Each_row_has_an_error_a_cause_and_a_fix() =>
        Rows().Where(row => row.Length != 3 || row.Any(cell => cell.Trim().Length < 2)).Select(row => string.Join('|', row))
            .Should().BeEmpty();

    [Theory]
    [InlineData("""throw new RunException("The run is gone.");""", "The run is gone.")]
    [InlineData("""throw new RunException($"Run {id} is gone." + Invariant($" It has {rows} rows."));""", "Run … is gone. It has … rows.")]
    [InlineData("""var text = $"Run '{id}' is gone; start it again";""", "Run '…' is gone; start it again")]
    [InlineData("""yield return $"it has {rows} rows too many";""", "it has … rows too many")]
    [InlineData("""errors.Add(isLong ? "it is much too long" : text);""", "it is much too long")]
    [InlineData("""[LoggerMessage(1, LogLevel.Error, "The run is gone.")] void Log();""", null)]
    [InlineData("""Console.WriteLine("The run is gone.");""", null)]
    [InlineData("""Execute("SELECT day FROM days; every one of them.");""", null)]
    public void Texts_of_errors_are_found(string statement, string? expected)
    {
        var texts = ErrorTexts.In($"class C {{ IEnumerable<string> M() {{ {statement} }} }}", "C.cs").Select(text => text.Text);

        texts.Should().Equal(expected is null ? [] : [expected]);
    }

    private static bool IsOf(ErrorText text, string entry) => text.Text.StartsWith(entry, StringComparison.Ordinal);

    /// <summary>Returns the cells of each row below a heading "error | cause | fix".</summary>
    private static IEnumerable<string[]> Rows()
    {
        var isTable = false;
        foreach (var line in Page)
        {
            if (line == "| error | cause | fix |")
                isTable = true;
            else if (!line.StartsWith('|'))
                isTable = false;
            else if (isTable && !line.StartsWith("|---", StringComparison.Ordinal))
                yield return line.Trim('|', ' ').Split(" | ");
        }
    }

    private static List<string> Entries() =>
        [.. Rows().SelectMany(row => row[0].Split("<br>")).Select(quoted => quoted.Trim().Trim('`').Trim())];

    [GeneratedRegex(@"(?<![\w.])[A-Za-z-][A-Za-z']+(?!\w)")]
    private static partial Regex Words();
}

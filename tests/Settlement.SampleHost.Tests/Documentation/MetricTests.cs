using System.Globalization;
using System.Text.RegularExpressions;

namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>The operations guide lists exactly the metrics and log events of the packages.</summary>
public sealed partial class MetricTests
{
    private static readonly string Page = Repository.Read("docs/guides/operations.md");

    [Fact]
    public void The_guide_lists_exactly_the_metrics_in_code()
    {
        var inCode = Sources().SelectMany(source => CodeMetric().Matches(source).Select(match => match.Groups[1].Value))
            .ToHashSet(StringComparer.Ordinal);
        inCode.Should().HaveCountGreaterThan(10);
        PageMetric().Matches(Page).Select(match => match.Groups[1].Value).Should().BeEquivalentTo(inCode);
    }

    [Fact]
    public void The_guide_lists_every_log_event()
    {
        var inCode = Sources().SelectMany(source => LogEvent().Matches(source).Select(match => IntOf(match.Groups[1]))).ToList();
        inCode.Should().HaveCountGreaterThan(10);
        var named = LogLine().Match(Page).Value;
        var spans = Span().Matches(named).Select(match => (First: IntOf(match.Groups[1]), Last: IntOf(match.Groups[2]))).ToList();
        var single = Number().Matches(Span().Replace(named, "")).Select(match => IntOf(match)).ToList();
        inCode.Where(id => !single.Contains(id) && !spans.Exists(span => span.First <= id && id <= span.Last)).Should().BeEmpty();
    }

    private static int IntOf(Capture digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Sources() =>
        from path in Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
        where !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        select File.ReadAllText(path);

    [GeneratedRegex(@"(?:Create(?:Counter|Histogram|UpDownCounter|ObservableGauge)(?:<\w+>)?\(\s*)""(settlement\.[\w.]+)""")]
    private static partial Regex CodeMetric();

    [GeneratedRegex(@"^\| `(settlement\.[\w.]+)` \| (?:counter|histogram|gauge|up-down counter)", RegexOptions.Multiline)]
    private static partial Regex PageMetric();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId = )?(\d+)")]
    private static partial Regex LogEvent();

    [GeneratedRegex(@"^Log events: .*?(?=\n\n|\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex LogLine();

    [GeneratedRegex(@"(\d+) to (\d+)")]
    private static partial Regex Span();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}

using System.Runtime.CompilerServices;
using Settlement.SampleHost.Content;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>A priced line with the video of its item.</summary>
internal sealed record TitledLine(SettlementLine Line, LinePrice Price, string VideoId, string Title);

/// <summary>Reads the priced lines of a period with the titles of their videos, for downloads. Thread-safe.</summary>
internal sealed class TitledLines(SettlementEngine engine, VideoTable videos)
{
    /// <summary>The number of lines buffered to read their titles in one query.</summary>
    private const int ChunkLines = 1_000;

    public async IAsyncEnumerable<TitledLine> ReadAsync(
        string? payeeId, ReportPeriod period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = engine.Lines.ReadAsync(period.Days, new ItemFilter(payeeId: payeeId), cancellationToken)
            .Where(l => l.Price is not null);
        await foreach (var chunk in lines.Chunk(ChunkLines).WithCancellation(cancellationToken))
        {
            var titles = await VideoTitles.FindAsync(videos, chunk.Select(l => PlacementRule.VideoOf(l.ItemId)), cancellationToken);
            foreach (var line in chunk)
            {
                var videoId = PlacementRule.VideoOf(line.ItemId);
                yield return new TitledLine(line, line.Price!, videoId, titles.Title(videoId));
            }
        }
    }
}

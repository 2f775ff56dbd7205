using System.Globalization;
using System.Security.Cryptography;
using Settlements.Stores;

namespace Settlements.DuckDb;

/// <summary>
/// The files of a source and what is known about them. The statistics of a file are kept as long as its size and its time do not change.
/// Not thread-safe.
/// </summary>
internal sealed class FileCatalog(UsageTable table, SourceFiles files, SourceErrors errors)
{
    /// <summary>The number of files that one statement lists.</summary>
    private const int FilesPerStatement = 500;

    /// <summary>The number of bytes at the end of a file by which its content is compared.</summary>
    private const int TagBytes = 64 * 1024;

    private Dictionary<SourceFile, FileStatistics> _known = [];

    /// <summary>The number of times that the statistics of a file were read.</summary>
    public int FilesRead { get; private set; }

    /// <summary>Lists the files that match the patterns, ordered by path.</summary>
    /// <exception cref="UsageSourceException">There is none.</exception>
    public IReadOnlyList<SourceFile> List(DuckDbSession session)
    {
        var paths = files.Format == FileFormat.Database ? files.Patterns
            : session.List($"SELECT DISTINCT file FROM glob({Sql.List(files.Patterns)})", r => r.GetString(0));
        var found = paths.Select(Describe).OfType<SourceFile>().OrderBy(f => f.Path, StringComparer.Ordinal).ToList();
        if (found.Count == 0)
        {
            throw errors.Of($"no file matches {files}. Correct the path, or create the files; a folder without usage needs one file "
                + "without rows.");
        }

        if (files.DayKey is { } key && found.Find(f => FilePaths.DayOf(f.Path, key) is null) is { } other)
        {
            throw errors.Of($"the path of file {other.Path} has no folder {key}=2024-07-01. Move the file into such a folder, or remove "
                + "HivePartitions(…).");
        }

        return found;
    }

    /// <summary>Lists the files that a join reads, ordered by path.</summary>
    public IReadOnlyList<SourceFile> ListLookups(DuckDbSession session) => files.Lookups.Count == 0 ? []
        : [.. session.List($"SELECT DISTINCT file FROM glob({Sql.List(files.Lookups.Select(l => l.Pattern))})", r => r.GetString(0))
            .Select(Describe).OfType<SourceFile>().OrderBy(f => f.Path, StringComparer.Ordinal)];

    /// <summary>Lists the files that by their path may have rows of a half-open range of instants.</summary>
    public IReadOnlyList<SourceFile> ListByPath(DuckDbSession session, UtcRange range)
    {
        var listed = List(session);
        if (files.DayKey is not { } key)
            return listed;
        var (first, last) = (DateOf(range.Start), DateOf(range.End.AddTicks(-1)));
        return [.. listed.Where(f => FilePaths.DayOf(f.Path, key) is { } day && day >= first && day <= last)];
    }

    /// <summary>Lists the files that may have rows of a half-open range of instants.</summary>
    public IReadOnlyList<SourceFile> ListWithin(DuckDbSession session, UtcRange range)
    {
        var listed = ListByPath(session, range);
        var (from, end) = (UnixMicroseconds.From(range.Start), UnixMicroseconds.From(range.End));
        var known = Statistics(session, listed);
        return [.. listed.Where(f => known[f].Overlaps(from, end))];
    }

    /// <summary>Returns the statistics of files, and reads those that aren't known.</summary>
    /// <exception cref="UsageSourceException">A file has other columns or types than the first one, or rows of another
    /// partition.</exception>
    public IReadOnlyDictionary<SourceFile, FileStatistics> Statistics(DuckDbSession session, IReadOnlyList<SourceFile> listed)
    {
        foreach (var unknown in listed.Where(f => !_known.ContainsKey(f)).Chunk(FilesPerStatement))
        {
            var relation = SourceRelation.Bind(session, table, files, [listed[0].Path, .. unknown.Select(f => f.Path)], errors);
            foreach (var (file, statistics) in new StatisticsReader(session, table, files, relation, errors).Read(unknown))
            {
                RequireDay(file, statistics);
                _known[file] = statistics;
                FilesRead++;
            }
        }

        return _known;
    }

    /// <summary>Forgets files that were removed or replaced.</summary>
    public void Keep(IReadOnlyList<SourceFile> listed)
    {
        var kept = listed.ToHashSet();
        _known = _known.Where(k => kept.Contains(k.Key)).ToDictionary();
    }

    /// <summary>Returns whether files still are as they were listed.</summary>
    public static bool AreUnchanged(IEnumerable<SourceFile> listed) => listed.All(f => Describe(f.Path) == f);

    /// <summary>Returns the paths, sizes, times and last bytes of files as text. The last bytes of a Parquet file are its footer.</summary>
    public static string State(IEnumerable<SourceFile> listed) => string.Join('\n', listed.Select(f => string.Create(
        CultureInfo.InvariantCulture, $"{f.Path}\t{f.Size}\t{f.LastWrite.Ticks}\t{Tag(f.Path)}")));

    private static string Tag(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(file);
        var last = new byte[(int)Math.Min(length, TagBytes)];
        var read = RandomAccess.Read(file, last, length - last.Length);
        return Convert.ToHexStringLower(SHA256.HashData(last.AsSpan(0, read)))[..16];
    }

    private void RequireDay(SourceFile file, FileStatistics statistics)
    {
        if (files.DayKey is not { } key || FilePaths.DayOf(file.Path, key) is not { } day
            || statistics is not { First: { } first, Last: { } last })
            return;
        var (from, to) = (UnixMicroseconds.ToInstant(first), UnixMicroseconds.ToInstant(last));
        if (DateOf(from) != day || DateOf(to) != day)
        {
            throw errors.Of(string.Create(
                CultureInfo.InvariantCulture,
                $"file {file.Path} has the partition {key}={day:yyyy-MM-dd} and rows from {from:yyyy-MM-dd'T'HH:mm:ss'Z'} to "
                + $"{to:yyyy-MM-dd'T'HH:mm:ss'Z'}, which would not all be counted. Partition by the UTC date of "
                    + $"{table.OccurredAtColumn}, or "
                + $"remove HivePartitions(…)."));
        }
    }

    private static DateOnly DateOf(DateTimeOffset instant) => DateOnly.FromDateTime(instant.UtcDateTime);

    private static SourceFile? Describe(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            return null;

        // A database has its latest rows in the file of its log.
        var log = new FileInfo(path + ".wal");
        return log.Exists ? new SourceFile(path, file.Length + log.Length, Later(file, log))
            : new SourceFile(path, file.Length, file.LastWriteTimeUtc);
    }

    private static DateTime Later(FileInfo one, FileInfo other) =>
        one.LastWriteTimeUtc > other.LastWriteTimeUtc ? one.LastWriteTimeUtc : other.LastWriteTimeUtc;
}

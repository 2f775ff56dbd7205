using Settlements.DuckDb;

namespace Settlements;

/// <summary>
/// Sources of a settlement file with the property <c>files</c>: Parquet, CSV or JSON lines, or a table of a DuckDB database.
/// </summary>
public sealed class DuckDbEngine : SourceEngine
{
    /// <summary>Creates the engine.</summary>
    public DuckDbEngine()
        : base("files")
    {
    }

    internal override Action<UsageTableBuilder>? Read(FileValue value)
    {
        using var engine = value.Object("files");
        if (engine is null)
            return null;
        var settings = new FileSettings<DuckDbOptions>(engine);
        settings.Add("memoryLimitMiB", v => v.Int32(), (o, memory) => o.MemoryLimitMiB = memory);
        settings.Add("threads", v => v.Int32(), (o, threads) => o.Threads = threads);
        settings.Add("tempFolder", v => v.Text(), (o, folder) => o.TempFolder = folder);
        settings.Add("sliceRowsMax", v => v.Integer(), (o, rows) => o.SliceRowsMax = rows);
        settings.Add("itemParts", v => v.Int32(), (o, parts) => o.ItemParts = parts);
        var files = new FileSettings<DuckDbFilesBuilder>(engine);
        var read = Format(engine);
        var paths = engine.Require("paths", "[\"plays/**/*.parquet\"]")?.Items().Select(path => path.Text()).ToList();
        files.Add("dayKey", v => v.Text(), (builder, key) => builder.HivePartitions(key));
        var tables = (engine.Find("tables")?.Items() ?? []).Select(ReadTable).ToList();
        if (read is null || paths is null || paths.Contains(null) || tables.Contains(null) || !files.IsRead || !settings.IsRead)
            return null;

        return source => source.OnDuckDb(
            builder =>
            {
                paths.ForEach(path => read(builder, path!));
                files.Apply(builder);
                tables.ForEach(table => table!(builder));
            },
            settings.Apply);
    }

    private static Action<DuckDbFilesBuilder, string>? Format(FileObject engine)
    {
        var format = engine.Require("format", "\"parquet\"")?.Choice(
            ("parquet", FileFormat.Parquet), ("csv", FileFormat.Csv), ("jsonLines", FileFormat.JsonLines),
            ("database", FileFormat.Database));
        return Delimiter(engine) is not { } delimiter ? null : format switch
        {
            FileFormat.Parquet => (files, path) => files.Parquet(path),
            FileFormat.Csv => (files, path) => files.Csv(path, delimiter),
            FileFormat.JsonLines => (files, path) => files.JsonLines(path),
            FileFormat.Database => (files, path) => files.Database(path),
            _ => null,
        };
    }

    private static Action<DuckDbFilesBuilder>? ReadTable(FileValue value)
    {
        using var table = value.Object("fileTable");
        var name = table?.Require("name", "\"videos\"")?.Text();
        var path = table?.Require("path", "\"videos.csv\"")?.Text();
        var format = table?.Require("format", "\"csv\"")?.Choice(
            ("parquet", FileFormat.Parquet), ("csv", FileFormat.Csv), ("jsonLines", FileFormat.JsonLines));
        if (table is null || Delimiter(table) is not { } delimiter || name is null || path is null)
            return null;
        return format switch
        {
            FileFormat.Parquet => files => files.Parquet(name, path),
            FileFormat.Csv => files => files.Csv(name, path, delimiter),
            FileFormat.JsonLines => files => files.JsonLines(name, path),
            _ => null,
        };
    }

    /// <summary>Returns the delimiter, by default a comma; null when the value has an error.</summary>
    private static char? Delimiter(FileObject owner)
    {
        if (owner.Find("delimiter") is not { } value)
            return ',';
        return value.PossiblyEmptyText() is not { } text ? null
            : text.Length == 1 ? text[0] : value.Fail<char?>("use one character, such as \";\"");
    }
}

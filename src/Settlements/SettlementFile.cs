using System.Text;
using System.Text.Json;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// A settlement described as JSON: calendar, meters, rates, sources and limits, and optionally the store. Checked as a whole when it is
/// read. Immutable and thread-safe.
/// </summary>
/// <remarks>The format is described by <c>settlement.schema.json</c>. Comments and trailing commas are allowed.</remarks>
/// <example>
/// <code>
/// var file = SettlementFile.Read("settlement.json");
/// services.AddSettlement(settlement =&gt; settlement.UseFile(file).UseSqlite(file.ConnectionString ?? "Data Source=settlement.db"));
/// </code>
/// </example>
public sealed class SettlementFile
{
    /// <summary>The largest file that is read: 16 MiB.</summary>
    public const int BytesMax = 16 * 1024 * 1024;

    private static readonly JsonDocumentOptions Syntax = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    // Bytes that are not UTF-8 are an error, and don't become U+FFFD.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IReadOnlyList<FileSection> _sections;

    private SettlementFile(string name, FileContent content)
    {
        Name = name;
        Store = content.Store;
        ConnectionString = content.Connection;
        Meters = [.. content.Meters.Order(Utf8Order.Instance)];
        _sections = content.Sections;
    }

    /// <summary>The name by which errors refer to the file: the path that was given.</summary>
    public string Name { get; }

    /// <summary>The store that the file names, <c>sqlite</c> or <c>mysql</c>; <see langword="null"/> where it names none.</summary>
    public string? Store { get; }

    /// <summary>The connection string that the file holds; <see langword="null"/> where it holds none. It may contain a password.</summary>
    public string? ConnectionString { get; }

    /// <summary>All meters, priced or not, ordered by their bytes.</summary>
    public IReadOnlyList<string> Meters { get; }

    /// <summary>Reads a file and checks all of it.</summary>
    /// <param name="path">The file's path; a relative one starts in the current folder.</param>
    /// <returns>The file's content.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="SettlementFileException">The file can't be read, or has errors; with all of them.</exception>
    public static SettlementFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            var length = new FileInfo(path).Length;
            if (length > BytesMax)
            {
                throw Failed(FormattableString.Invariant(
                    $"{path}: has {length} bytes, over the limit of {BytesMax}. Remove what is not needed."));
            }

            return Parse(File.ReadAllText(path, StrictUtf8), path);
        }
        catch (DecoderFallbackException)
        {
            throw Failed($"{path}: the file is not UTF-8. Save it in this encoding.");
        }
        catch (FileNotFoundException)
        {
            throw Failed($"{path}: the file does not exist. Create it, or name another one.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed($"{path}: the file can't be read: {e.Message}");
        }
    }

    /// <summary>Reads the text of a file and checks all of it.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">The name by which errors refer to it.</param>
    /// <returns>The content.</returns>
    /// <exception cref="SettlementFileException">The text has errors; with all of them.</exception>
    public static SettlementFile Parse(string json, string name)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var content = new FileContent();
        var errors = new FileErrors(name);
        try
        {
            using var document = JsonDocument.Parse(json, Syntax);
            FileReader.Read(new FileValue(errors, "$", document.RootElement), content, errors);
        }
        catch (JsonException e)
        {
            throw Failed(FormattableString.Invariant(
                $"{name}: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: this is not JSON. {FileErrors.Reason(e)}"));
        }
        catch (InvalidOperationException)
        {
            throw Failed($"{name}: a text has half of a surrogate pair, such as \\ud800. Write whole characters.");
        }

        FileCheck.AddErrors(content.Sections, errors);
        return errors.All.Count == 0 ? new SettlementFile(name, content) : throw new SettlementFileException(errors.All);
    }

    internal void ApplyTo(SettlementBuilder builder)
    {
        foreach (var section in _sections)
            section.Apply(builder);
    }

    private static SettlementFileException Failed(string error) => new([error]);
}

using System.Text;
using System.Text.Json;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The configuration of a settlement in JSON: calendar, meters, rates, sources and limits, and optionally the store. Validated completely
/// when it is read. Immutable and thread-safe.
/// </summary>
/// <remarks>The format is described by <c>settlement.schema.json</c>. Comments and trailing commas are permitted.</remarks>
/// <example>
/// <code>
/// var file = SettlementFile.Read("settlement.json");
/// services.AddSettlement(settlement =&gt; settlement.UseFile(file).UseSqlite(file.ConnectionString ?? "Data Source=settlement.db"));
/// </code>
/// </example>
public sealed class SettlementFile
{
    /// <summary>The maximum size of a file: 16 MiB.</summary>
    internal const int BytesMax = 16 * 1024 * 1024;

    private static readonly JsonDocumentOptions Syntax = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    // Invalid UTF-8 is an error instead of being replaced by U+FFFD.
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

    /// <summary>Gets the name by which errors refer to the file: the path that was given.</summary>
    public string Name { get; }

    /// <summary>Gets the store that the file selects, <c>sqlite</c> or <c>mysql</c>; <see langword="null"/> when it selects none.</summary>
    public string? Store { get; }

    /// <summary>Gets the connection string in the file; <see langword="null"/> when there is none. It may contain a password.</summary>
    public string? ConnectionString { get; }

    /// <summary>Gets all meters, priced and unpriced, ordered by their bytes.</summary>
    public IReadOnlyList<string> Meters { get; }

    /// <summary>Reads and validates a file.</summary>
    /// <param name="path">The path of the file, of at most 16 MiB; a relative path is resolved against the current folder.</param>
    /// <param name="engines">
    /// The engines, other than the store, that the file's sources may be read from, for example <c>new ClickHouseEngine()</c>. A source on
    /// an engine that is not among them is an error.
    /// </param>
    /// <returns>The content of the file.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="SettlementFileException">The file can't be read or is invalid. The exception lists all errors.</exception>
    public static SettlementFile Read(string path, params SourceEngine[] engines) => Parse(ReadText(path), path, engines);

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="SettlementFileException">The file can't be read.</exception>
    internal static string ReadText(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            var length = new FileInfo(path).Length;
            if (length > BytesMax)
            {
                throw Failed(FormattableString.Invariant(
                    $"{path}: the file has {length} bytes, more than the limit of {BytesMax}. Remove unused entries."));
            }

            return File.ReadAllText(path, StrictUtf8);
        }
        catch (DecoderFallbackException)
        {
            throw Failed($"{path}: the file is not valid UTF-8. Save it as UTF-8.");
        }
        catch (FileNotFoundException)
        {
            throw Failed($"{path}: the file does not exist. Create it, or use another path.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed($"{path}: the file can't be read: {e.Message}");
        }
    }

    /// <summary>Parses and validates the text of a file.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">The name by which errors refer to the text.</param>
    /// <param name="engines">The engines that the sources may be read from; see <see cref="Read"/>.</param>
    /// <returns>The content.</returns>
    /// <exception cref="SettlementFileException">The text is invalid. The exception lists all errors.</exception>
    public static SettlementFile Parse(string json, string name, params SourceEngine[] engines)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(engines);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var content = new FileContent();
        var errors = new FileErrors(name);
        try
        {
            using var document = JsonDocument.Parse(RatesPart.WithoutMark(json), Syntax);
            FileReader.Read(new FileValue(errors, "$", document.RootElement), content, errors, engines);
        }
        catch (JsonException e)
        {
            throw Failed(FormattableString.Invariant(
                $"{name}: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: the text is not valid JSON. {FileErrors.Reason(e)}"));
        }
        catch (InvalidOperationException)
        {
            throw Failed($"{name}: a string contains an unpaired surrogate, such as \\ud800. Write complete characters.");
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

using System.Text;
using static System.FormattableString;

namespace Settlements;

/// <summary>
/// Reads rate versions to import from CSV, with a row for each tier. The rows of a version have the same meter, scope and name, and are in
/// the order of the tiers. Not thread-safe.
/// </summary>
/// <param name="errors">Receives all errors.</param>
internal sealed class RateCsvReader(FileErrors errors)
{
    private const int RowBytesMax = 65_536;
    private const int BufferBytes = 65_536;

    private static readonly string HeaderRule =
        $"Use the columns {string.Join(',', RateCsv.Columns)}; those other than {string.Join(", ", RateCsv.Required)} may be absent.";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<(string, string, string), RateCsvVersion> _byKey = [];
    private readonly List<RateCsvVersion> _versions = [];

    /// <exception cref="ArgumentException">The text contains an unpaired surrogate.</exception>
    public async Task<List<ImportedRate>> ReadAsync(string csv, CancellationToken cancellationToken)
    {
        using var utf8 = new MemoryStream(StrictUtf8.GetBytes(csv));
        var file = new CsvFileReader(utf8, RowBytesMax, BufferBytes, HeaderRule);
        try
        {
            await file.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RowRejectedException e)
        {
            errors.Add(RateCsvRow.PlaceOf(1), e.Reason);
            return [];
        }

        if (HasValidHeader(file.Columns))
        {
            while (!ReadBuffered(file))
                await file.RefillAsync(cancellationToken).ConfigureAwait(false);
        }

        return [.. _versions.Select(version => version.Build(errors)).OfType<ImportedRate>()];
    }

    private bool HasValidHeader(IReadOnlyList<string> columns)
    {
        var problems = columns.Except(RateCsv.Columns, StringComparer.Ordinal).Select(name => $"'{name}' is not a column of rates.")
            .Concat(columns.GroupBy(name => name, StringComparer.Ordinal).Where(name => name.Count() > 1)
                .Select(name => $"The column '{name.Key}' occurs twice."))
            .Concat(RateCsv.Required.Except(columns, StringComparer.Ordinal).Select(name => $"The column '{name}' is missing."))
            .ToList();
        foreach (var problem in problems)
            errors.Add(RateCsvRow.PlaceOf(1), $"{problem} {HeaderRule}");
        return problems.Count == 0;
    }

    private bool ReadBuffered(CsvFileReader file)
    {
        while (true)
        {
            switch (file.TryRead(out var fields, out var rejected))
            {
                case CsvRead.MoreBytes:
                    return false;
                case CsvRead.End:
                    return true;
                case CsvRead.Row when rejected is not null:
                    errors.Add(RateCsvRow.PlaceOf(rejected.RowNumber),
                        (rejected.Column is { } at ? $"column '{at}': " : "") + rejected.Reason);
                    break;
                default:
                    var cells = new Dictionary<string, string>(file.Columns.Count, StringComparer.Ordinal);
                    for (var i = 0; i < fields.Count; i++)
                        cells.Add(file.Columns[i], StrictUtf8.GetString(fields[i]));
                    Add(new RateCsvRow(file.RowNumber, cells, errors));
                    break;
            }
        }
    }

    private void Add(RateCsvRow row)
    {
        var key = (row.Text(RateCsv.Meter), row.Text(RateCsv.Scope), row.Text(RateCsv.Version));
        if (_byKey.TryGetValue(key, out var version))
        {
            version.Add(row);
            return;
        }

        _byKey.Add(key, version = new RateCsvVersion(row));
        _versions.Add(version);
    }
}

/// <summary>The rows of one version. Not thread-safe.</summary>
internal sealed class RateCsvVersion(RateCsvRow first)
{
    private readonly List<RateCsvRow> _rows = [first];

    public void Add(RateCsvRow row)
    {
        foreach (var column in RateCsv.Columns.Where(c => c is not (RateCsv.UpTo or RateCsv.Price) && row.Text(c) != first.Text(c)))
        {
            row.Fail(column, Invariant($"the value is '{row.Text(column)}', and '{first.Text(column)}' in row {first.Number} of the ")
                + "same version; use the same value in all of its rows");
        }

        _rows.Add(row);
    }

    /// <summary>Returns the version; null when there are errors, which are added.</summary>
    public ImportedRate? Build(FileErrors errors)
    {
        var (meter, scope) = (first.Required(RateCsv.Meter), first.Text(RateCsv.Scope));
        if (!RateScope.IsValid(scope))
            first.Fail(RateCsv.Scope, $"the value is '{scope}'; use an empty text, item:ID or payee:ID");
        var (name, from, until) = (first.Required(RateCsv.Version), first.Date(RateCsv.From), first.OptionalDate(RateCsv.Until));
        var model = first.Choice<RateMode>(RateCsv.Model, isRequired: true);
        var period = first.Choice<CounterPeriod>(RateCsv.CounterPeriod);
        var rounding = first.Choice<Rounding>(RateCsv.Rounding);
        var currency = first.Currency();
        var isTiered = model is RateMode.Graduated or RateMode.Volume;
        var tiers = _rows.Select(row => (UpTo: row.OptionalInteger(RateCsv.UpTo), Price: row.Price())).ToList();
        if (model is not null && !isTiered)
            RequireOneRow(model.Value);
        var units = first.OptionalInteger(RateCsv.UnitsPerPackage);
        if (model is { } known && (known == RateMode.Package) == (first.Text(RateCsv.UnitsPerPackage).Length == 0))
        {
            first.Fail(RateCsv.UnitsPerPackage, known == RateMode.Package
                ? "the value is missing; the model package needs the units of a package"
                : $"it is not valid for the model {RateJson.Name(known)}; leave it empty");
        }

        if (_rows.Any(row => row.HasErrors))
            return null;
        var file = new FileVersion(
            name!, from!.Value, currency!, model!.Value, period ?? CounterPeriod.Lifetime,
            isTiered ? [.. tiers.Select(tier => (tier.UpTo, tier.Price!.Value))] : [], tiers[0].Price!.Value, units ?? 0,
            first.Text(RateCsv.Supersedes) is { Length: > 0 } superseded ? superseded : null, until);
        var version = file.ToVersion(meter!, scope, out var problems);
        foreach (var problem in problems)
            errors.Add(first.Place, problem);
        return version is null ? null : new ImportedRate(first.Place, meter!, version, rounding);
    }

    private void RequireOneRow(RateMode model)
    {
        foreach (var row in _rows.Skip(1))
        {
            row.Fail(null, Invariant($"the version begins in row {first.Number}, and the model {RateJson.Name(model)} has one row; ")
                + "remove this one, or use another name or model");
        }

        if (first.Text(RateCsv.UpTo).Length > 0)
            first.Fail(RateCsv.UpTo, $"it is not valid for the model {RateJson.Name(model)}; leave it empty, or change the model");
    }
}

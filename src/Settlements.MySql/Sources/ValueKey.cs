using System.Globalization;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Reads the values that select the meters of a row, and numbers their combinations. A null or invalid value is an empty text.
/// </summary>
internal sealed class ValueKey
{
    private const int Invalid = -1;

    private readonly TextKey[] _keys;
    private readonly int[] _numbers;
    private readonly Dictionary<string, int> _combinations = new(StringComparer.Ordinal);
    private readonly List<int[]> _values = [];

    /// <summary>The number of the last row's combination: rows of the same values are often together.</summary>
    private int _last = Invalid;

    /// <param name="columns">The columns, each once.</param>
    public ValueKey(IReadOnlyList<SourceColumn> columns)
    {
        _keys = [.. columns.Select(c => new TextKey(AsText(c)))];
        _numbers = new int[columns.Count];
        if (columns.Count == 0)
            Add();
    }

    public IEnumerable<string> Expressions => _keys.Select(k => k.Expression);

    /// <summary>Reads the values from a row and returns the number of their combination.</summary>
    public int Read(MySqlDataReader reader, int ordinal)
    {
        if (_keys.Length == 0)
            return 0;
        for (var i = 0; i < _keys.Length; i++)
            _numbers[i] = _keys[i].TryRead(reader, ordinal + i, out var number) ? number : Invalid;
        if (_last != Invalid && _numbers.AsSpan().SequenceEqual(_values[_last]))
            return _last;
        var key = string.Join(' ', _numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)));
        return _last = _combinations.TryGetValue(key, out var known) ? known : Add(key);
    }

    /// <summary>Returns the text of a value of a combination.</summary>
    public ReadOnlySpan<byte> Text(int combination, int column) =>
        _values[combination][column] is var number && number == Invalid ? default : _keys[column].Text(number);

    private int Add(string key = "")
    {
        _combinations.Add(key, _values.Count);
        _values.Add([.. _numbers]);
        return _values.Count - 1;
    }

    /// <summary>Numbers are compared as their digits, and UUIDs as their lower-case text.</summary>
    private static SourceColumn AsText(SourceColumn column) => column.Kind switch
    {
        SourceColumnKind.Text or SourceColumnKind.Bytes => column,
        SourceColumnKind.Uuid => Text($"lower(concat_ws('-', substr(hex({column.Sql}), 1, 8), substr(hex({column.Sql}), 9, 4), "
            + $"substr(hex({column.Sql}), 13, 4), substr(hex({column.Sql}), 17, 4), substr(hex({column.Sql}), 21)))"),
        _ => Text($"CAST({column.Sql} AS CHAR CHARACTER SET ascii)"),
    };

    private static SourceColumn Text(string sql) => new() { DataType = "varchar", Charset = "ascii", Nullable = "YES", Sql = sql };
}

/// <summary>The meters of a source's measures, from the values of a row.</summary>
internal sealed class MeasureMeters(UsageTable source, ValueKey values)
{
    private readonly MeasureMeter[] _meters = [.. source.Measures.Select(m => new MeasureMeter(m))];

    private readonly int[] _columns =
        [.. source.Measures.Select(m => m.ByColumn is null ? -1 : source.ByColumns.ToList().IndexOf(m.ByColumn))];

    public int Count => _meters.Length;

    /// <summary>Returns the meter of a measure.</summary>
    /// <exception cref="BadRowException">The value can't be part of a meter.</exception>
    public ReadOnlySpan<byte> Find(int measure, int combination) =>
        _meters[measure].TryFind(_columns[measure] < 0 ? default : values.Text(combination, _columns[measure]), out var meter)
            ? meter : throw new BadRowException();
}

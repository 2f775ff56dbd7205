using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Settlements.Stores;

/// <summary>Finds the meter of a row of a measure, from the value of its column. Not thread-safe.</summary>
[Experimental("SETTLE001")]
public sealed class MeasureMeter
{
    /// <summary>The maximum number of undeclared values that are remembered; others are computed again.</summary>
    private const int UndeclaredMax = 10_000;

    private readonly UsageMeasure _measure;
    private readonly byte[] _meter;
    private readonly byte[]? _other;
    private readonly Dictionary<string, byte[]> _byValue = new(StringComparer.Ordinal);
    private readonly int _declared;
    private byte[]? _lastValue;
    private byte[]? _lastMeter;

    /// <summary>Creates the object.</summary>
    /// <param name="measure">The measure.</param>
    public MeasureMeter(UsageMeasure measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        _measure = measure;
        _meter = Encoding.UTF8.GetBytes(measure.Meter);
        _other = measure.OtherValue is { } other ? MeterOf(other) : null;
        foreach (var value in measure.ByColumn is null ? [] : measure.DeclaredValues)
            _byValue.Add(value, MeterOf(value));
        _declared = _byValue.Count;
    }

    /// <summary>Finds the meter of a row.</summary>
    /// <param name="value">The value of <see cref="UsageMeasure.ByColumn"/> as UTF-8; ignored without one. Empty for null.</param>
    /// <param name="meter">The meter as UTF-8.</param>
    /// <returns>
    /// <see langword="false"/> when the value is empty, too long or not valid UTF-8, and the measure has no
    /// <see cref="UsageMeasure.OtherValue"/>: the row is invalid.
    /// </returns>
    public bool TryFind(ReadOnlySpan<byte> value, out ReadOnlySpan<byte> meter)
    {
        if (_measure.ByColumn is null)
        {
            meter = _meter;
            return true;
        }

        if (_lastValue is null || !value.SequenceEqual(_lastValue))
            (_lastMeter, _lastValue) = (Find(value), value.ToArray());
        meter = _lastMeter;
        return _lastMeter is not null;
    }

    private byte[]? Find(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value.Length > 4 * UsageEvent.TextLengthMax || !Utf8.IsValid(value))
            return _other;
        var text = Encoding.UTF8.GetString(value);
        if (_byValue.TryGetValue(text, out var known))
            return known;
        if (_other is not null)
            return _other;
        if (CodePoints.Count(_measure.Meter) + 1 + CodePoints.Count(text) > UsageEvent.TextLengthMax)
            return null;
        var meter = MeterOf(text);
        if (_byValue.Count - _declared < UndeclaredMax)
            _byValue.Add(text, meter);
        return meter;
    }

    private byte[] MeterOf(string value) => Encoding.UTF8.GetBytes($"{_measure.Meter}:{value}");
}

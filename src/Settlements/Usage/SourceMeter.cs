using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>A meter that a usage source counts, as configured. Immutable.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="Definition">
/// The counted rows and their quantity, as text without the identity of the source. Recorded with the days that counted it; a different
/// text is a different definition.
/// </param>
/// <param name="CountedFrom">
/// The first usage date whose rows count; null for the open day on which the meter was first seen, which is then recorded.
/// </param>
/// <param name="CountedThrough">The last usage date whose rows count, included; null for no end.</param>
[Experimental("SETTLE001")]
public sealed record SourceMeter(string Meter, string Definition, DateOnly? CountedFrom, DateOnly? CountedThrough);

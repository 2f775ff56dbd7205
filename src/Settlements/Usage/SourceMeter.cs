using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>A meter that a usage source counts, as configured. Immutable.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="Definition">
/// Which rows count, and what of them, as text without the source's identity. Recorded with the days that it counted; another text is
/// another definition.
/// </param>
/// <param name="CountedFrom">
/// The first usage date whose rows count; null for the first open day on which the meter was first seen, which is then recorded.
/// </param>
/// <param name="CountedThrough">The last usage date whose rows count, included; null for no end.</param>
[Experimental("SETTLE001")]
public sealed record SourceMeter(string Meter, string Definition, DateOnly? CountedFrom, DateOnly? CountedThrough);

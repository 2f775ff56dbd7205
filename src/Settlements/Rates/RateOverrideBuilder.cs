namespace Settlements;

/// <summary>Collects the versions that an item or a payee has of its own. They pay by the meter's rounding rule.</summary>
public sealed class RateOverrideBuilder : RateVersionsBuilder<RateOverrideBuilder>
{
    internal RateOverrideBuilder(string subject, string scope)
        : base(subject, scope)
    {
    }
}

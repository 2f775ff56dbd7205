namespace Settlements;

/// <summary>Builds the override of an item or a payee. Its lines are rounded by the rule of the meter.</summary>
public sealed class RateOverrideBuilder : RateVersionsBuilder<RateOverrideBuilder>
{
    internal RateOverrideBuilder(string subject, string scope)
        : base(subject, scope)
    {
    }
}

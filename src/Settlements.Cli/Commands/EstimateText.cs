using System.Globalization;

namespace Settlements.Cli;

/// <summary>Formats which days are estimated, and as of which instant.</summary>
internal static class EstimateText
{
    public static string Of(StatementEstimate estimate) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Text.Days(estimate.EstimatedDays)} estimated as of {estimate.AsOf:yyyy-MM-dd'T'HH:mm:ss'Z'}");

    public static object? Json(StatementEstimate? estimate) => estimate is null ? null : new
    {
        estimate.AsOf, estimate.EstimatedDays.First, estimate.EstimatedDays.Last,
    };
}

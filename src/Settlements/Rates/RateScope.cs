namespace Settlements;

/// <summary>The text of a scope: empty for the meter, <c>item:ID</c> or <c>payee:ID</c> for an override.</summary>
internal static class RateScope
{
    private const string Item = "item:";
    private const string Payee = "payee:";

    public static string OfItem(string id) => Item + id;

    public static string OfPayee(string id) => Payee + id;

    /// <summary>Returns the item of an item's override; null for another scope.</summary>
    public static string? ItemOf(string scope) => Id(scope, Item);

    /// <summary>Returns the payee of a payee's override; null for another scope.</summary>
    public static string? PayeeOf(string scope) => Id(scope, Payee);

    public static bool IsValid(string scope) => scope.Length == 0 || ItemOf(scope) is not null || PayeeOf(scope) is not null;

    private static string? Id(string scope, string prefix) =>
        scope.Length > prefix.Length && scope.StartsWith(prefix, StringComparison.Ordinal) ? scope[prefix.Length..] : null;
}

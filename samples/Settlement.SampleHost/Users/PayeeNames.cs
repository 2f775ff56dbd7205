namespace Settlement.SampleHost.Users;

/// <summary>The display names of payees. The payee id of an account is 32 hex digits, which mean nothing to a person. Immutable.</summary>
internal sealed class PayeeNames
{
    private readonly Dictionary<string, string> _names;

    private PayeeNames(Dictionary<string, string> names) => _names = names;

    /// <summary>Reads the names of payees, in one query for each 500.</summary>
    public static async Task<PayeeNames> FindAsync(
        UserTable users, IEnumerable<string> payeeIds, CancellationToken cancellationToken) => new(
        (await users.ListNamesAsync([.. payeeIds.Distinct(StringComparer.Ordinal)], cancellationToken))
            .DistinctBy(n => n.PayeeId, StringComparer.Ordinal).ToDictionary(n => n.PayeeId, n => n.DisplayName, StringComparer.Ordinal));

    /// <summary>Returns the name; the id if the platform has no such payee.</summary>
    public string Name(string payeeId) => _names.GetValueOrDefault(payeeId, payeeId);
}

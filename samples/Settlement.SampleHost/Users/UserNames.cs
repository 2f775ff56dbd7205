namespace Settlement.SampleHost.Users;

/// <summary>The display names of accounts, by id. Immutable.</summary>
internal sealed class UserNames
{
    private readonly Dictionary<string, string> _names;

    private UserNames(Dictionary<string, string> names) => _names = names;

    /// <summary>Reads the names of a few accounts; ids that are null are left out.</summary>
    public static async Task<UserNames> FindAsync(UserTable users, IEnumerable<string?> userIds, CancellationToken cancellationToken)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in userIds.OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (await users.FindAsync(id, cancellationToken) is { } user)
                names.Add(id, user.DisplayName);
        }

        return new UserNames(names);
    }

    /// <summary>Returns the name; the id of an account that does not exist.</summary>
    public string Name(string userId) => _names.GetValueOrDefault(userId, userId);
}

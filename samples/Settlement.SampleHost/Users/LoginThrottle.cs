using System.Security.Cryptography;
using System.Text;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlements;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Limits wrong passwords, counted in the database for all instances: per account and network address, and per account in total. Known
/// devices are counted separately, so that an attack does not lock out the owner. Addresses without an account behave the same, so that
/// nobody can find out which accounts exist. Thread-safe.
/// </summary>
internal sealed class LoginThrottle(PlatformDatabase database, TimeProvider clock)
{
    /// <summary>
    /// The maximum number of wrong passwords per account and network address, or known device, within <see cref="Window"/>.
    /// </summary>
    public const int FailuresMax = 5;

    /// <summary>The maximum number of wrong passwords per account, except from known devices, within <see cref="Window"/>.</summary>
    public const int AccountFailuresMax = 50;

    /// <summary>The window, from the first wrong password; then the count is reset.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>Starts a login attempt, before its password is verified.</summary>
    /// <param name="account">The normalised e-mail address: all spellings of an account's address share one count.</param>
    /// <param name="userId">The account; null if there is none.</param>
    /// <param name="context">The request, for its network address and device.</param>
    /// <exception cref="PlatformException">There were too many wrong passwords.</exception>
    public async Task<LoginAttempt> BeginAsync(string account, string? userId, HttpContext? context)
    {
        var device = context is null ? null : DeviceCookie.Find(context);
        var isKnown = device is not null && userId is not null && await database.ReadAsync(
            async statements => (await DeviceTable.ListAsync(statements, [device])).Contains((device, userId)), CancellationToken.None);
        var from = isKnown ? $"device:{device}" : $"address:{(context is null ? "none" : NetworkAddress.Of(context))}";
        var begun = new LoginAttempt(Hash($"{account}\n{from}"), isKnown ? null : Hash(account));
        if (await database.ReadAsync(statements => FindEndAsync(statements, begun), CancellationToken.None) is { } end)
            throw TooMany(end);
        return begun;
    }

    /// <summary>Counts a wrong password.</summary>
    public Task CountAsync(LoginAttempt wrong) => database.WriteAsync(
        async statements =>
        {
            var now = clock.GetUtcNow();
            var values = new { scope = "", now = UnixMicroseconds.From(now), end = UnixMicroseconds.From(now + Window) };
            await statements.ExecuteAsync("DELETE FROM login_failures WHERE ends_at <= @now", values);
            foreach (var scope in wrong.Scopes)
            {
                await statements.ExecuteAsync(
                    $"""
                    INSERT INTO login_failures (scope, failures, ends_at) VALUES (@scope, 1, @end)
                    {statements.Dialect.OnDuplicate("scope")} failures = login_failures.failures + 1
                    """,
                    new { scope, values.end });
            }
        },
        CancellationToken.None);

    /// <summary>Resets the count of wrong passwords of an origin after a right one.</summary>
    /// <exception cref="PlatformException">Concurrent attempts have exceeded the limit.</exception>
    public async Task ResetAsync(LoginAttempt right)
    {
        var end = await database.WriteAsync(
            async statements =>
            {
                var found = await FindEndAsync(statements, right);
                if (found is null)
                    await statements.ExecuteAsync("DELETE FROM login_failures WHERE scope = @Origin", right);
                return found;
            },
            CancellationToken.None);
        if (end is not null)
            throw TooMany(end.Value);
    }

    private async Task<long?> FindEndAsync(Sql statements, LoginAttempt begun) => await statements.FindAsync<long?>(
        """
        SELECT MAX(ends_at) FROM login_failures
        WHERE ends_at > @now
            AND ((scope = @Origin AND failures >= @FailuresMax) OR (scope = @Account AND failures >= @AccountFailuresMax))
        """,
        new { begun.Origin, begun.Account, FailuresMax, AccountFailuresMax, now = UnixMicroseconds.From(clock.GetUtcNow()) });

    private PlatformException TooMany(long end) => PlatformException.TooManyRequests(
        "Too many wrong passwords", "There were too many wrong passwords for this e-mail address.",
        UnixMicroseconds.ToInstant(end) - clock.GetUtcNow());

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>A login attempt, identified by the hashes of its counts.</summary>
/// <param name="Origin">The hash of the account and of the network address or known device.</param>
/// <param name="Account">The hash of the account; null from a known device, which the account's total does not limit.</param>
internal sealed record LoginAttempt(string Origin, string? Account)
{
    /// <summary>The hashes, in a fixed order to avoid deadlocks.</summary>
    public IEnumerable<string> Scopes => new[] { Origin, Account }.OfType<string>().Order(StringComparer.Ordinal);
}

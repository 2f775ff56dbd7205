using System.Security.Cryptography;
using System.Text;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlements;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Counts wrong passwords, in the database, for all hosts: of an account from one network address, and of an account from everywhere. Who guesses
/// is kept out, and the owner is not: his known devices are counted apart. It is the same for addresses that no account has, so that nobody
/// learns which there are. Thread-safe.
/// </summary>
internal sealed class LoginThrottle(PlatformDatabase database, TimeProvider clock)
{
    /// <summary>The most wrong passwords for an account of a network address, or of a known device, in <see cref="Window"/>.</summary>
    public const int FailuresMax = 5;

    /// <summary>The most wrong passwords for an account from everywhere but its known devices, in <see cref="Window"/>.</summary>
    public const int AccountFailuresMax = 50;

    /// <summary>From the first wrong password on; then the count begins anew.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>Begins a try, before its password is looked at.</summary>
    /// <param name="account">The address as accounts are found by it: all spellings that find one account have one count.</param>
    /// <param name="userId">The account; null where there is none.</param>
    /// <param name="context">Where the try comes from.</param>
    /// <exception cref="PlatformException">There were too many wrong ones.</exception>
    public async Task<LoginTry> BeginAsync(string account, string? userId, HttpContext? context)
    {
        var device = context is null ? null : DeviceCookie.Find(context);
        var isKnown = device is not null && userId is not null && await database.ReadAsync(
            async statements => (await DeviceTable.ListAsync(statements, [device])).Contains((device, userId)), CancellationToken.None);
        var from = isKnown ? $"device:{device}" : $"address:{(context is null ? "none" : NetworkAddress.Of(context))}";
        var begun = new LoginTry(Hash($"{account}\n{from}"), isKnown ? null : Hash(account));
        if (await database.ReadAsync(statements => FindEndAsync(statements, begun), CancellationToken.None) is { } end)
            throw TooMany(end);
        return begun;
    }

    /// <summary>Counts a wrong password.</summary>
    public Task CountAsync(LoginTry wrong) => database.WriteAsync(
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

    /// <summary>Forgets the wrong passwords of where a right one came from.</summary>
    /// <exception cref="PlatformException">Others beside it were wrong meanwhile, and too many.</exception>
    public async Task ForgetAsync(LoginTry right)
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

    private async Task<long?> FindEndAsync(Sql statements, LoginTry begun) => await statements.FindAsync<long?>(
        """
        SELECT MAX(ends_at) FROM login_failures
        WHERE ends_at > @now AND ((scope = @Origin AND failures >= @FailuresMax) OR (scope = @Account AND failures >= @AccountFailuresMax))
        """,
        new { begun.Origin, begun.Account, FailuresMax, AccountFailuresMax, now = UnixMicroseconds.From(clock.GetUtcNow()) });

    private PlatformException TooMany(long end) => PlatformException.TooMany(
        "Too many wrong passwords", "There were too many wrong passwords for this e-mail address.", UnixMicroseconds.ToInstant(end) - clock.GetUtcNow());

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>A try to log in, by the hashes that it is counted by.</summary>
/// <param name="Origin">The account and the address or known device that it comes from.</param>
/// <param name="Account">The account alone; null from a known device, which others' guesses don't keep out.</param>
internal sealed record LoginTry(string Origin, string? Account)
{
    /// <summary>In one order, so that tries beside each other wait for each other and not in a circle.</summary>
    public IEnumerable<string> Scopes => new[] { Origin, Account }.OfType<string>().Order(StringComparer.Ordinal);
}

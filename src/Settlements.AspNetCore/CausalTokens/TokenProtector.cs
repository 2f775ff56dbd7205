using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>
/// Encrypts and signs tokens with their time of issue, so that clients can't make reads wait for forged or expired tokens. Thread-safe.
/// </summary>
internal sealed class TokenProtector(IDataProtectionProvider protection, IOptions<CausalTokenOptions> options, TimeProvider clock)
{
    private const int TimeLength = sizeof(long);

    // The purpose keeps other protected payloads of the application from being accepted as tokens. A new format needs a new purpose.
    private readonly IDataProtector _protector = protection.CreateProtector("Settlements.AspNetCore.CausalToken.v1");
    private readonly TimeSpan _lifetime = options.Value.Lifetime;

    /// <summary>Protects a token. The result has only letters, digits, - and _.</summary>
    /// <exception cref="CryptographicException">No key is available.</exception>
    public string Protect(CausalToken token)
    {
        var text = token.ToString();
        var bytes = new byte[TimeLength + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, clock.GetUtcNow().ToUnixTimeMilliseconds());
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(TimeLength));
        return WebEncoders.Base64UrlEncode(_protector.Protect(bytes));
    }

    /// <summary>Unprotects a token. Doesn't throw for an invalid text, which a client may send at any time.</summary>
    /// <param name="text">The protected token.</param>
    /// <param name="reason">Why the token is invalid; undefined when it is valid.</param>
    /// <returns>The token; null when it is invalid or expired.</returns>
    public CausalToken? Unprotect(string text, out string reason)
    {
        byte[] bytes;
        try
        {
            bytes = _protector.Unprotect(WebEncoders.Base64UrlDecode(text));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            reason = "it was not issued with a key of this application";
            return null;
        }

        // Clocks of different machines differ, so a time in the future is valid, within the same limit.
        var age = bytes.Length < TimeLength
            ? TimeSpan.MaxValue
            : TimeSpan.FromMilliseconds((double)clock.GetUtcNow().ToUnixTimeMilliseconds() - BinaryPrimitives.ReadInt64BigEndian(bytes));
        if (age.Duration() >= _lifetime)
        {
            reason = $"it has expired after {_lifetime}";
            return null;
        }

        reason = "its format is unknown";
        return CausalToken.TryParse(Encoding.UTF8.GetString(bytes.AsSpan(TimeLength)), out var token) ? token : null;
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>
/// Encrypts and signs tokens with the time at which they were written: nobody makes reads wait for a token that was not issued here, or long ago.
/// Thread-safe.
/// </summary>
internal sealed class TokenProtector(IDataProtectionProvider protection, IOptions<CausalTokenOptions> options, TimeProvider clock)
{
    private const int TimeLength = sizeof(long);

    // What is protected has a meaning of its own: a text that was made for anything else doesn't open here. A new form gets a new name.
    private readonly IDataProtector _protector = protection.CreateProtector("Settlements.AspNetCore.CausalToken.v1");
    private readonly TimeSpan _lifetime = options.Value.Lifetime;

    /// <summary>Letters, digits, - and _.</summary>
    /// <exception cref="CryptographicException">There is no key.</exception>
    public string Protect(CausalToken token)
    {
        var text = token.ToString();
        var bytes = new byte[TimeLength + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, clock.GetUtcNow().ToUnixTimeMilliseconds());
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(TimeLength));
        return WebEncoders.Base64UrlEncode(_protector.Protect(bytes));
    }

    /// <summary>Never throws: what a client sends is no error of ours.</summary>
    /// <param name="text">What came.</param>
    /// <param name="fault">Why there is no token in it.</param>
    /// <returns>The token, or null.</returns>
    public CausalToken? Unprotect(string text, out string fault)
    {
        byte[] bytes;
        try
        {
            bytes = _protector.Unprotect(WebEncoders.Base64UrlDecode(text));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            fault = "it was not issued with a key that is known here";
            return null;
        }

        // Machines' clocks differ a little, so one from the future is as good; but none lasts for ever.
        var age = bytes.Length < TimeLength
            ? TimeSpan.MaxValue
            : TimeSpan.FromMilliseconds((double)clock.GetUtcNow().ToUnixTimeMilliseconds() - BinaryPrimitives.ReadInt64BigEndian(bytes));
        if (age.Duration() >= _lifetime)
        {
            fault = $"it is older than {_lifetime}";
            return null;
        }

        fault = "it is of an unknown form";
        return CausalToken.TryParse(Encoding.UTF8.GetString(bytes.AsSpan(TimeLength)), out var token) ? token : null;
    }
}

using System.Security.Cryptography;
using System.Text;

namespace Settlement.SampleHost.Users;

/// <summary>
/// A random cookie that identifies a browser: as the viewer of anonymous plays, and as a known device of an account. Only its hash is
/// stored, so that nobody can impersonate the browser from the content of the database.
/// </summary>
internal static class DeviceCookie
{
    public const string Name = "settlement.device";

    private const int ValueBytes = 16;

    /// <summary>The maximum lifetime of a cookie in browsers.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromDays(400);

    /// <summary>Returns the id of the browser, 32 hex digits; null without a valid cookie.</summary>
    public static string? Find(HttpContext context) => context.Items[typeof(DeviceCookie)] as string
        ?? (context.Request.Cookies[Name] is { Length: ValueBytes * 2 } value && value.All(char.IsAsciiHexDigitLower) ? Hash(value) : null);

    /// <summary>Returns the id of the browser, and sets a new cookie if it has none.</summary>
    public static string Ensure(HttpContext context)
    {
        if (Find(context) is { } known)
            return known;
        var value = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(ValueBytes));
        context.Response.Cookies.Append(Name, value, new CookieOptions
        {
            MaxAge = Life, HttpOnly = true, IsEssential = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, Path = "/",
        });
        var made = Hash(value);
        context.Items[typeof(DeviceCookie)] = made;
        return made;
    }

    private static string Hash(string value) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(value)).AsSpan(0, ValueBytes));
}

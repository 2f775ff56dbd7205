using System.Security.Cryptography;
using System.Text;

namespace Settlement.SampleHost.Users;

/// <summary>
/// A browser, known by a random cookie: the viewer of plays without an account, and how an account's own devices are known. What is kept of it is
/// a hash, so that nobody who reads the database can be that browser.
/// </summary>
internal static class DeviceCookie
{
    public const string Name = "settlement.device";

    private const int ValueBytes = 16;

    /// <summary>No browser keeps one longer.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromDays(400);

    /// <summary>The id of the browser that asks, 32 hex digits; null when it sent no cookie, or one that was not made here.</summary>
    public static string? Find(HttpContext context) => context.Items[typeof(DeviceCookie)] as string
        ?? (context.Request.Cookies[Name] is { Length: ValueBytes * 2 } value && value.All(char.IsAsciiHexDigitLower) ? Hash(value) : null);

    /// <summary>The same; a browser without a cookie is given one with this answer.</summary>
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

    private static string Hash(string value) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(value)).AsSpan(0, ValueBytes));
}

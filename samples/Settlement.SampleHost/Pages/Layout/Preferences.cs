using System.Globalization;
using Microsoft.AspNetCore.Localization;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Languages;

namespace Settlement.SampleHost.Pages.Layout;

/// <summary>The display preferences language and theme, stored in cookies. Changing them needs no antiforgery token.</summary>
internal static class Preferences
{
    public const string Light = "light";
    public const string Dark = "dark";

    private const string ThemeCookie = "settlement.theme";

    private static readonly TimeSpan Life = TimeSpan.FromDays(365);

    /// <summary>Returns the chosen theme; null for the device's setting.</summary>
    public static string? Theme(HttpContext context) => context.Request.Cookies[ThemeCookie] switch
    {
        Light => Light,
        Dark => Dark,
        _ => null,
    };

    /// <summary>Configures the language: from the cookie, otherwise from Accept-Language, otherwise English.</summary>
    public static RequestLocalizationOptions Localization()
    {
        var options = new RequestLocalizationOptions { ApplyCurrentCultureToResponseHeaders = true };
        options.SetDefaultCulture(JsonStringLocalizer.English).AddSupportedCultures(JsonStringLocalizer.Languages)
            .AddSupportedUICultures(JsonStringLocalizer.Languages);
        options.RequestCultureProviders = [new CookieRequestCultureProvider(), new AcceptLanguageHeaderRequestCultureProvider()];
        return options;
    }

    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/preferences", async context =>
    {
        var form = await ReadAsync(context);
        var cookie = new CookieOptions
        {
            MaxAge = Life, SameSite = SameSiteMode.Lax, HttpOnly = true, IsEssential = true, Secure = context.Request.IsHttps,
        };
        if (form["language"].ToString() is var language && JsonStringLocalizer.Languages.Contains(language))
        {
            var culture = new RequestCulture(CultureInfo.GetCultureInfo(language));
            context.Response.Cookies.Append(
                CookieRequestCultureProvider.DefaultCookieName, CookieRequestCultureProvider.MakeCookieValue(culture), cookie);
        }

        if (form["theme"].ToString() is var theme && (theme is Light or Dark))
            context.Response.Cookies.Append(ThemeCookie, theme, cookie);
        else if (form.ContainsKey("theme"))
            context.Response.Cookies.Delete(ThemeCookie);
        context.Response.Redirect(Local(form["return"]));
    });

    private static async Task<IFormCollection> ReadAsync(HttpContext context)
    {
        try
        {
            if (context.Request.HasFormContentType)
                return await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (InvalidDataException)
        {
            // The body is not a valid form; rejected below.
        }

        throw PlatformException.BadRequest(
            "The body is not a form. Send the fields language, theme and return, as the form in the footer of each page does.");
    }

    /// <summary>Returns a local path, or "/" for any other address.</summary>
    public static string Local(string? url) =>
        url is ['/', not ('/' or '\\'), ..] && !url.Any(char.IsControl) && Uri.IsWellFormedUriString(url, UriKind.Relative) ? url : "/";
}

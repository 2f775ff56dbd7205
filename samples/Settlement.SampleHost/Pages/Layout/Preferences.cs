using System.Globalization;
using Microsoft.AspNetCore.Localization;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Languages;

namespace Settlement.SampleHost.Pages.Layout;

/// <summary>What a browser remembers of its user's wishes: language and theme. They change nothing but looks, so anybody may send them.</summary>
internal static class Preferences
{
    public const string Light = "light";
    public const string Dark = "dark";

    private const string ThemeCookie = "settlement.theme";

    private static readonly TimeSpan Life = TimeSpan.FromDays(365);

    /// <summary>The theme that was chosen; null for the device's.</summary>
    public static string? Theme(HttpContext context) => context.Request.Cookies[ThemeCookie] switch
    {
        Light => Light,
        Dark => Dark,
        _ => null,
    };

    /// <summary>By the cookie, else by what the browser asks for, else English.</summary>
    public static RequestLocalizationOptions Localization()
    {
        var options = new RequestLocalizationOptions { ApplyCurrentCultureToResponseHeaders = true };
        options.SetDefaultCulture(JsonStringLocalizer.English).AddSupportedCultures(JsonStringLocalizer.Languages).AddSupportedUICultures(JsonStringLocalizer.Languages);
        options.RequestCultureProviders = [new CookieRequestCultureProvider(), new AcceptLanguageHeaderRequestCultureProvider()];
        return options;
    }

    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/preferences", async context =>
    {
        var form = await ReadAsync(context);
        var cookie = new CookieOptions { MaxAge = Life, SameSite = SameSiteMode.Lax, HttpOnly = true, IsEssential = true, Secure = context.Request.IsHttps };
        if (form["language"].ToString() is var language && JsonStringLocalizer.Languages.Contains(language))
        {
            var culture = new RequestCulture(CultureInfo.GetCultureInfo(language));
            context.Response.Cookies.Append(CookieRequestCultureProvider.DefaultCookieName, CookieRequestCultureProvider.MakeCookieValue(culture), cookie);
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
            // As below: it says that it is a form, and is none.
        }

        throw PlatformException.BadRequest("The body is no form. Send language, theme and return as the form at the foot of each page does.");
    }

    /// <summary>An address of this host; "/" for anything else.</summary>
    public static string Local(string? url) => url is ['/', not ('/' or '\\'), ..] && !url.Any(char.IsControl) && Uri.IsWellFormedUriString(url, UriKind.Relative) ? url : "/";
}

using System.Reflection;

namespace Settlement.SampleHost.Reports;

/// <summary>The page's style sheet, which goes into the page itself: one request shows all.</summary>
internal static class PageStyle
{
    public static string Css { get; } = Read();

    private static string Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("page.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

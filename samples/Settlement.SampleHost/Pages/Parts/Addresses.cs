namespace Settlement.SampleHost.Pages.Parts;

/// <summary>Builds addresses of pages.</summary>
internal static class Addresses
{
    /// <summary>Returns a path with the query parameters that have a value, escaped.</summary>
    public static string With(string path, params IEnumerable<(string Name, string? Value)> query)
    {
        var parts = query.Where(q => !string.IsNullOrEmpty(q.Value)).Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value!)}").ToList();
        return parts.Count == 0 ? path : $"{path}?{string.Join('&', parts)}";
    }
}

using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Settlement.SampleHost.Assets;

/// <summary>
/// Serves styles, scripts and clips from embedded resources. Addresses contain a hash of the content and can be cached permanently.
/// Thread-safe.
/// </summary>
internal sealed class AssetFiles
{
    private const string Prefix = "web/";

    private readonly Dictionary<string, Asset> _assets = Read();

    /// <summary>Returns the address of a file.</summary>
    /// <param name="name">The name, such as <c>assets/site.css</c>.</param>
    public string Url(string name) => $"/{name}?v={_assets[name].Hash}";

    public void Map(IEndpointRouteBuilder app)
    {
        foreach (var (name, asset) in _assets)
            app.MapGet($"/{name}", context => WriteAsync(context, asset));
    }

    private static async Task WriteAsync(HttpContext context, Asset asset)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = context.Request.Query.ContainsKey("v") ? "public, max-age=31536000, immutable" : "public, no-cache";
        var bytes = asset.Bytes;
        if (asset.Zipped is { } zipped)
        {
            headers.Vary = HeaderNames.AcceptEncoding;
            if (context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
            {
                headers.ContentEncoding = "gzip";
                bytes = zipped.Value;
            }
        }

        // Players request ranges of a clip.
        await Results.Bytes(
            bytes, asset.ContentType, enableRangeProcessing: asset.Zipped is null,
            entityTag: new EntityTagHeaderValue($"\"{asset.Hash}{(bytes == asset.Bytes ? "" : "-z")}\"")).ExecuteAsync(context);
    }

    private static Dictionary<string, Asset> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var assets = new Dictionary<string, Asset>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var (type, isText) = TypeOf(name);
            assets.Add(name[Prefix.Length..], new Asset(
                bytes, Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 6)), type, isText
                    ? new Lazy<byte[]>(() => Zip(bytes)) : null));
        }

        return assets;
    }

    private static (string Type, bool IsText) TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => ("text/css; charset=utf-8", true),
        ".js" => ("text/javascript; charset=utf-8", true),
        ".svg" => ("image/svg+xml", true),
        ".webm" => ("video/webm", false),
        var other => throw new InvalidOperationException($"Asset '{name}' has the unknown extension '{other}'. Add its content type."),
    };

    private static byte[] Zip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.SmallestSize))
            zip.Write(bytes);
        return zipped.ToArray();
    }

    private sealed record Asset(byte[] Bytes, string Hash, string ContentType, Lazy<byte[]>? Zipped);
}

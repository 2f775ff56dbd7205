using System.Text.Json;
using System.Text.RegularExpressions;

namespace Settlements.Architecture.Tests;

/// <summary>Tests that the development container has the SDK of the build.</summary>
public sealed partial class DevContainerTests
{
    private static readonly JsonDocumentOptions WithComments = new() { CommentHandling = JsonCommentHandling.Skip };

    [Fact]
    public void The_SDK_of_the_container_is_that_of_global_json()
    {
        using var global = Read("global.json");
        using var container = Read(".devcontainer/devcontainer.json");

        var sdk = Version.Parse(global.RootElement.GetProperty("sdk").GetProperty("version").GetString()!);

        ImageVersion().Match(container.RootElement.GetProperty("image").GetString()!).Groups[1].Value
            .Should().Be($"{sdk.Major}.{sdk.Minor}");
    }

    private static JsonDocument Read(string file) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, file)), WithComments);

    [GeneratedRegex(@"/dotnet:(?:\d+-)?(\d+\.\d+)(?:-\w+)?$")]
    private static partial Regex ImageVersion();
}

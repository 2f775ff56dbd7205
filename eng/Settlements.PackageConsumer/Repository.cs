using System.Runtime.CompilerServices;

namespace Settlements.PackageConsumer;

/// <summary>The repository from which this program was compiled.</summary>
internal static class Repository
{
    private static readonly string Root = Find();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static string Find([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(thisFile, "../../.."));
}

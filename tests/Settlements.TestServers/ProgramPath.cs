namespace Settlements.TestServers;

/// <summary>Finds programs.</summary>
public static class ProgramPath
{
    /// <summary>Returns the path of a program on PATH or in sbin; null if there is none.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/usr/local/sbin")
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}

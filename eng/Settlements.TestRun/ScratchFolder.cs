namespace Settlements.TestRun;

/// <summary>
/// The folder for the databases of a test run: in memory if its file system has enough space, since the tests would mostly wait for the
/// disk otherwise; else in the folder for temporary files. Deleted with its contents.
/// </summary>
internal sealed class ScratchFolder : IDisposable
{
    /// <summary>The memory file system of Linux; in containers it has 64 MiB by default.</summary>
    private const string Memory = "/dev/shm";

    private const long FreeBytesMin = 6L << 30;

    private ScratchFolder(DirectoryInfo folder) => Path = folder.FullName;

    public string Path { get; }

    /// <summary>Creates the folder, and sets it as the folder for temporary files of this process and its child processes.</summary>
    public static ScratchFolder Use()
    {
        var fitsInMemory = Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace >= FreeBytesMin
            && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >= 2 * FreeBytesMin;
        if (fitsInMemory)
            Environment.SetEnvironmentVariable("TMPDIR", Memory);
        var scratch = new ScratchFolder(Directory.CreateTempSubdirectory("settlement-tests-"));
        Environment.SetEnvironmentVariable("TMPDIR", scratch.Path);
        return scratch;
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}

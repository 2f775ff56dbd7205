namespace Settlements.TestRun;

/// <summary>
/// The folder of the databases of a run: on an in-memory file system if there is one with enough free space, because tests spend most of
/// their time waiting for a disk; otherwise in the folder for temporary files. Disposal deletes it with its content.
/// </summary>
internal sealed class ScratchFolder : IDisposable
{
    /// <summary>Linux's in-memory file system; containers have 64 MiB by default.</summary>
    private const string Memory = "/dev/shm";

    private const long FreeBytesMin = 6L << 30;

    private ScratchFolder(DirectoryInfo folder) => Path = folder.FullName;

    public string Path { get; }

    /// <summary>Creates the folder and makes it the folder for temporary files of this process and its children.</summary>
    public static ScratchFolder Use()
    {
        var hasSpace = Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace >= FreeBytesMin
            && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >= 2 * FreeBytesMin;
        if (hasSpace)
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

namespace Settlements.TestRun;

/// <summary>
/// Where the tests of a run keep their databases: in memory where there is a file system for it with room enough, since they wait for the disk
/// most of their time otherwise; else in the folder for temporary files. Deleted with all that is left in it.
/// </summary>
internal sealed class ScratchFolder : IDisposable
{
    /// <summary>Linux's own; containers have 64 MiB of it, unless they are given more.</summary>
    private const string Memory = "/dev/shm";

    private const long RoomBytesMin = 6L << 30;

    private ScratchFolder(DirectoryInfo folder) => Path = folder.FullName;

    public string Path { get; }

    /// <summary>Makes it, and lets this process and those it starts take it for temporary files.</summary>
    public static ScratchFolder Use()
    {
        var isRoom = Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace >= RoomBytesMin
            && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >= 2 * RoomBytesMin;
        if (isRoom)
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

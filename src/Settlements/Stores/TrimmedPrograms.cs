namespace Settlements.Stores;

/// <summary>Why a store that maps rows with Dapper is not for trimmed and natively compiled programs.</summary>
internal static class TrimmedPrograms
{
    public const string Unreferenced =
        "Dapper, with which this store maps rows and parameters, finds members by reflection, and the trimmer removes them: statements fail at run time. "
        + "Publish without PublishTrimmed.";

    public const string Dynamic =
        "Dapper, with which this store maps rows and parameters, emits code at run time, which a natively compiled program can't. Publish without PublishAot.";
}

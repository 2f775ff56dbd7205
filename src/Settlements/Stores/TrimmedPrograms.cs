namespace Settlements.Stores;

/// <summary>The messages for trimmed and natively compiled applications, which can't use a store that maps rows with Dapper.</summary>
internal static class TrimmedPrograms
{
    public const string Unreferenced =
        "This store maps rows and parameters with Dapper, which uses reflection on members that the trimmer removes: statements fail at "
        + "run time. Publish without PublishTrimmed.";

    public const string Dynamic =
        "This store maps rows and parameters with Dapper, which emits code at run time. Natively compiled applications don't support that. "
        + "Publish without PublishAot.";
}

namespace Settlements.MySql;

/// <summary>The handling of a row whose primary or unique key exists in the table or earlier in the load.</summary>
public enum OnConflict
{
    /// <summary>The row is rejected, like a row with an invalid value.</summary>
    Fail,

    /// <summary>The row is skipped, and counted as skipped. The existing row is unchanged, even if it differs.</summary>
    Skip,

    /// <summary>The row replaces the existing row, which is deleted first (<c>REPLACE</c>).</summary>
    Replace,
}

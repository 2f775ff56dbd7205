namespace Settlements.MySql;

/// <summary>What happens to a row whose primary or unique key is in the table already, or came earlier in the load.</summary>
public enum OnConflict
{
    /// <summary>It is rejected, like a row with a wrong value.</summary>
    Fail,

    /// <summary>It is passed over, and counted as skipped. The row that is there stays as it is, also when it differs.</summary>
    Skip,

    /// <summary>It takes the place of the row that is there, which is deleted first (<c>REPLACE</c>).</summary>
    Replace,
}

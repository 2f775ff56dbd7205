using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Reads and writes accounts' known devices: browsers from which the account has logged in. Uses the caller's connection.
/// </summary>
internal static class DeviceTable
{
    private static readonly (string Name, ColumnKind Kind)[] Columns =
        [("device_id", ColumnKind.Id), ("user_id", ColumnKind.Id), ("seen_at", ColumnKind.Integer)];

    private static readonly RowWrite Added = RowWrite.Upsert("user_devices", Columns, "seen_at");

    /// <summary>Returns the accounts that have logged in from devices.</summary>
    public static async Task<IEnumerable<(string Device, string UserId)>> ListAsync(Sql statements, IEnumerable<string> devices) =>
        (await statements.ListAsync<Row>(
            $"SELECT d.device_id, d.user_id FROM {statements.Dialect.Rows(Columns[..1])} r JOIN "
                + $"user_devices d ON d.device_id = r.device_id",
            [.. devices.Distinct().Select(d => new object?[] { d })])).Select(r => (r.DeviceId, r.UserId));

    /// <summary>Adds devices of accounts; updates the last use of existing ones.</summary>
    public static Task AddAsync(Sql statements, IReadOnlyDictionary<(string Device, string UserId), long> devices) =>
        statements.WriteAsync(Add(devices));

    /// <summary>Returns the rows of devices of accounts, which update the last use of existing ones.</summary>
    public static RowBatch Add(IReadOnlyDictionary<(string Device, string UserId), long> devices) => new(
        Added,
        [.. devices.OrderBy(d => d.Key.Device, StringComparer.Ordinal).ThenBy(d => d.Key.UserId, StringComparer.Ordinal)
            .Select(d => new object?[] { d.Key.Device, d.Key.UserId, d.Value })]);

    /// <summary>Adds a device and deletes devices of the account that were last used before an instant.</summary>
    public static async Task RecordAsync(Sql statements, string device, string userId, long now, long deletedBefore)
    {
        await AddAsync(statements, new Dictionary<(string, string), long> { [(device, userId)] = now });
        await statements.ExecuteAsync(
            "DELETE FROM user_devices WHERE user_id = @userId AND seen_at < @deletedBefore", new { userId, deletedBefore });
    }

    private sealed class Row
    {
        public string DeviceId { get; init; } = "";

        public string UserId { get; init; } = "";
    }
}

using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Users;

/// <summary>The statements about accounts' devices: browsers on which somebody has logged in as the account. Inside a write or read of the caller's.</summary>
internal static class DeviceTable
{
    private static readonly (string Name, ColumnKind Kind)[] Columns =
        [("device_id", ColumnKind.Id), ("user_id", ColumnKind.Id), ("seen_at", ColumnKind.Whole)];

    private static readonly RowWrite Added = RowWrite.Upsert("user_devices", Columns, "seen_at");

    /// <summary>The accounts of devices.</summary>
    public static async Task<IEnumerable<(string Device, string UserId)>> ListAsync(Sql statements, IEnumerable<string> devices) =>
        (await statements.ListAsync<Row>(
            $"SELECT d.device_id, d.user_id FROM {statements.Dialect.Rows(Columns[..1])} r JOIN user_devices d ON d.device_id = r.device_id",
            [.. devices.Distinct().Select(d => new object?[] { d })])).Select(r => (r.DeviceId, r.UserId));

    /// <summary>Adds devices of accounts; of those that are there, when they were last seen.</summary>
    public static Task AddAsync(Sql statements, IReadOnlyDictionary<(string Device, string UserId), long> devices) => statements.WriteAsync(
        Added,
        [.. devices.OrderBy(d => d.Key.Device, StringComparer.Ordinal).ThenBy(d => d.Key.UserId, StringComparer.Ordinal)
            .Select(d => new object?[] { d.Key.Device, d.Key.UserId, d.Value })]);

    /// <summary>Adds one device, and forgets those of the account that were not seen since an instant.</summary>
    public static async Task NoteAsync(Sql statements, string device, string userId, long now, long forgottenBefore)
    {
        await AddAsync(statements, new Dictionary<(string, string), long> { [(device, userId)] = now });
        await statements.ExecuteAsync("DELETE FROM user_devices WHERE user_id = @userId AND seen_at < @forgottenBefore", new { userId, forgottenBefore });
    }

    private sealed class Row
    {
        public string DeviceId { get; init; } = "";

        public string UserId { get; init; } = "";
    }
}

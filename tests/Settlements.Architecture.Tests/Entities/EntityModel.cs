namespace Settlements.Architecture.Tests.Entities;

/// <summary>A column that identifies a row of another table. Stores declare no foreign keys: they would lock rows of both tables.</summary>
internal sealed record EntityReference(string From, string Column, string To);

/// <summary>A table in one or both stores, with its owner.</summary>
internal sealed record OwnedEntity(string Owner, Entity? Sqlite, Entity? MySql)
{
    public Entity Any => Sqlite ?? MySql!;

    public string Name => Any.Name;

    /// <summary>Gets the columns of both stores, in the order of the first.</summary>
    public IEnumerable<string> ColumnNames =>
        (Sqlite?.Columns ?? []).Concat(MySql?.Columns ?? []).Select(column => column.Name).Distinct();
}

/// <summary>The tables of both stores, by owner.</summary>
internal static class EntityModel
{
    /// <summary>The owners in the order of the data flow, each with what it does.</summary>
    public static readonly (string Owner, string Task)[] Owners =
    [
        ("Usage", "writes and loads events, and records what the sources are"),
        ("BusinessDays", "states of days"),
        ("Sums", "sums of a day that is being closed"),
        ("Lines", "priced lines, quarantine, and the totals of a publication"),
        ("Counters", "the quantities that tiers apply to"),
        ("Rankings", "the top items of a period"),
        ("Estimates", "which open days are estimated"),
        ("Corrections", "proposals, and what they post"),
        ("Pipelines", "runs, chunks and their checkpoints"),
        ("Loading", "checkpoints of bulk loads of any table"),
    ];

    public static IReadOnlyList<OwnedEntity> Read()
    {
        var (sqlite, mysql) = (EntityReader.Read("Settlements.Sqlite"), EntityReader.Read("Settlements.MySql"));
        var names = mysql.Concat(sqlite).Select(entity => entity.Name).Distinct();
        var all = names.Select(name => new OwnedEntity(
            OwnerOf(name), sqlite.SingleOrDefault(e => e.Name == name), mysql.SingleOrDefault(e => e.Name == name))).ToList();
        return [.. Owners.SelectMany(owner => all.Where(entity => entity.Owner == owner.Owner))];
    }

    public static IEnumerable<EntityReference> References(IReadOnlyList<OwnedEntity> all) =>
        from entity in all
        from column in entity.ColumnNames
        let to = Target(entity, column)
        where to is not null && to != entity.Name
        select new EntityReference(entity.Name, column, to);

    private static string? Target(OwnedEntity entity, string column) => (column, entity.Owner) switch
    {
        ("run_id", "Lines" or "Counters" or "Rankings") => "business_days", // a row counts when a day names its run
        ("run_id", _) when entity.Name != "estimates" => "pipeline_runs", // those of an estimate are below 0
        ("day", "Lines") or ("posting_date", "Corrections") => "business_days",
        ("rate_version", "Lines" or "Counters") => "rate_versions",
        ("proposal_id", _) => "proposals",
        ("event_id", _) => "usage_events",
        ("first_row", "Loading") => "load_chunks",
        _ => null,
    };

    private static string OwnerOf(string table) =>
        TableOwnerTests.Owners.TryGetValue(table, out var owner) ? owner
        : table.StartsWith("load_", StringComparison.Ordinal) ? "Loading"
        : throw new InvalidOperationException($"Table {table} has no owner. Add it to TableOwnerTests.Owners.");
}

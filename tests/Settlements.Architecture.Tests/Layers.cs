using Mono.Cecil;

namespace Settlements.Architecture.Tests;

/// <summary>
/// Which folder may use which: the design's rule that a stage uses the stage before it, and Rates, Calendars and Pipelines, as a table. Folders mirror
/// the core: <c>Settlements.Sqlite/Rankings</c> keeps the rules of <c>Settlements/Rankings</c>. An entry with a dot is one type of a folder;
/// <c>.Name</c> is a type of the project's root.
/// </summary>
internal static class Layers
{
    private static readonly string[] Ground = ["Rates", "Calendars", "Pipelines", "BusinessDays", "Telemetry", "Stores",
        ".SettlementPlan", ".Utf8Order", ".CodePoints"];

    private static readonly string[] Stages = ["Usage", "Sums", "Counters", "Lines", "Rankings", "Statements"];

    // Shared by the stages of a store.
    private static readonly string[] StoreGround = ["Database", "Bulk"];

    private static readonly Dictionary<string, string[]> MayUse = new(StringComparer.Ordinal)
    {
        // What a unit costs, what a day is, how work is cut: independent of the stages.
        ["Calendars"] = [],
        ["Rates"] = [".CodePoints"],
        ["Telemetry"] = [],
        // What stores share: retry, and the order in which a schema is applied.
        ["Stores"] = [".ISchema", ".SchemaException"],
        // A SQLite file has one writer at a time, in routed transactions too.
        ["Routing"] = ["Telemetry", "Database.WriterLock", "Database.DatabaseBusyException", "Database.ConnectionStringCheck"],
        ["Pipelines"] = ["Calendars", "Telemetry", "Stores", ".CodePoints", .. StoreGround],

        // The data flow.
        ["Usage"] = [.. Ground, .. StoreGround],
        // The first close decides which events belong to its day.
        ["BusinessDays"] = ["Calendars", "Pipelines", "Closing.DayCloser", "Usage.LateEvents", "Usage.WriterLock", .. StoreGround],
        // Reads usage events, in a store.
        ["Sources"] = ["Usage", .. Ground, .. StoreGround],
        // Keeps the sums that a source made; where they come from is of no matter to it.
        ["Sums"] = ["Usage.SumAccumulator", "Usage.TotalKey", "Usage.ControlTotals", .. Ground, .. StoreGround],
        ["Counters"] = ["Usage.UsageEvent", "Usage.WriterLock", .. Ground, .. StoreGround],
        ["Lines"] = ["Usage.IEventStore", "Usage.EventNote", "Sums", "Counters", "Corrections.RestatementEntry", "Corrections.RestatedPrice", .. Ground, .. StoreGround],
        ["Rankings"] = ["Sums", .. Ground, .. StoreGround],
        ["Statements"] = ["Lines", "Sums.ItemFilter", .. Ground, .. StoreGround],

        // Rows into the first stage.
        ["Loading"] = ["Usage", .. Ground, .. StoreGround],

        // They run the stages for a day, and compare afterwards. No stage uses them. A close reads approved corrections, and a correction is priced as
        // a close prices.
        ["Closing"] = ["Corrections", .. Stages, .. Ground],
        ["Corrections"] = ["Closing", .. Stages, .. Ground, .. StoreGround],
        ["Verification"] = ["Closing", "Corrections", .. Stages, .. Ground],

        // A file adds by the builder what a program adds.
        ["Configuration"] = ["Usage", "Calendars", "Corrections", "Pipelines", "Rates", ".SettlementBuilder", ".SettlementOptions"],

        // Pages and health checks of the router, and of usage that could not be priced.
        ["CausalTokens"] = ["Routing"],
        ["Servers"] = ["Routing"],
        ["Quarantine"] = ["Closing.DayCloser", "Lines.QuarantinedUsage", ".SettlementEngine"],

        // Of one store.
        ["Database"] = ["Routing", "Calendars", "Telemetry", "Stores", "Sums.ItemFilter", "Schema", ".SchemaException", ".SettlementPlan", ".Utf8Order"],
        // Shared by the loaders, and how a store takes many rows.
        ["Bulk"] = ["Database", "Loading.RejectedRow", "Loading.RowRejectedException"],
        ["Schema"] = ["Database", "Bulk", "Stores", ".ISchema", ".SchemaException"],
        // The fault kit: contracts test everything that a store and the stages do.
        ["Faults"] = ["Telemetry"],
        ["Proxies"] = ["Faults"],
        ["Contracts"] = [.. Stages, .. Ground, "Closing", "Corrections", "Verification", "Loading", "Faults", ".SettlementOptions", ".SettlementServices", ".SettlementBuilder", ".SettlementEngine", ".ISchema", ".SchemaException"],

        ["Partitions"] = ["Usage.PartitionTable", "BusinessDays", "Verification", "Calendars", "Database", ".SettlementPlan"],
    };

    /// <summary>The uses that the table doesn't allow, as sentences.</summary>
    public static IEnumerable<string> Violations(ModuleDefinition module) =>
        module.OwnTypes()
            .SelectMany(type => TypeUses.Of(type).Select(used => (User: SourceFolders.Find(type), Used: SourceFolders.Find(used))))
            .Where(use => use is { User: { } user, Used: { } used } && !IsAllowed(user, used))
            .Select(use => $"{use.User} uses {use.Used}")
            .Distinct().Order(StringComparer.Ordinal);

    public static bool IsAllowed(SourceType user, SourceType used)
    {
        // The root folder is where everything is wired together; a store's options are read by its folders.
        if (user.Folder.Length == 0 || user.Folder == used.Folder || (used.Folder.Length == 0 && used.Project != Shipped.Core))
            return true;
        return MayUse.TryGetValue(user.Folder, out var allowed)
            && (allowed.Contains($"{used.Folder}.{used.Name}") || (used.Folder.Length > 0 && allowed.Contains(used.Folder)));
    }

    public static bool IsKnown(string folder) => folder.Length == 0 || MayUse.ContainsKey(folder);
}

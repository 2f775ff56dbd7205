using Mono.Cecil;

namespace Settlements.Architecture.Tests;

/// <summary>
/// The allowed dependencies between folders: a stage uses the stage before it, and Rates, Calendars and Pipelines. Folders mirror the core:
/// the rules of <c>Settlements/Rankings</c> apply to <c>Settlements.Sqlite/Rankings</c>. An entry with a dot is a single type of a folder;
/// <c>.Name</c> is a type in the project's root folder.
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
        // Prices, calendars and pipelines are independent of the stages.
        ["Calendars"] = [],
        ["Rates"] = [".CodePoints"],
        ["Telemetry"] = [],
        // Code shared by all stores: retry, and applying a schema.
        ["Stores"] = [".ISchema", ".SchemaException"],
        // A SQLite file allows one writer at a time, also in routed transactions.
        ["Routing"] = ["Telemetry", "Database.WriterLock", "Database.DatabaseBusyException", "Database.ConnectionStringCheck"],
        ["Pipelines"] = ["Calendars", "Telemetry", "Stores", ".CodePoints", .. StoreGround],

        // The data flow.
        ["Usage"] = [.. Ground, .. StoreGround],
        // The first close decides which events belong to its day.
        ["BusinessDays"] = ["Calendars", "Pipelines", "Closing.DayCloser", "Usage.LateEvents", "Usage.WriterLock", .. StoreGround],
        // Reads usage events, in a store.
        ["Sources"] = ["Usage", "Files", "Http", ".ClickHouseOptions", .. Ground, .. StoreGround],
        // Files as a source: what is known of them, and their columns.
        ["Files"] = ["Usage", "Sources", .. Ground, .. StoreGround],
        // Stores the sums of any source.
        ["Sums"] = ["Usage.SumAccumulator", "Usage.TotalKey", "Usage.ControlTotals", .. Ground, .. StoreGround],
        ["Counters"] = ["Catalog", "Usage.UsageEvent", "Usage.WriterLock", .. Ground, .. StoreGround],
        ["Lines"] =
        [
            "Catalog", "Corrections.Proposal", "Usage.IEventStore", "Usage.EventNote", "Sums", "Counters", "Corrections.RestatementEntry",
            "Corrections.RestatedPrice",
            .. Ground, .. StoreGround,
        ],
        ["Rankings"] = ["Sums", .. Ground, .. StoreGround],
        ["Statements"] =
        [
            "Lines", "Sums.ItemFilter", "Estimates.IEstimateStore", "Estimates.StoredEstimate", "Estimates.EstimateView",
            "Estimates.PeriodEstimate", "Estimates.StatementEstimate", .. Ground, .. StoreGround,
        ],

        // Loads rows into the first stage.
        ["Loading"] = ["Usage", .. Ground, .. StoreGround],

        // The rates of code, of the application's source and of the store: read by all stages that price, proposed like corrections.
        ["Catalog"] =
        [
            "Closing", "Corrections", "Trials.TrialCheck", "Lines.RecordedRate", "Lines.IRecordedRateStore", "Configuration",
            ".SettlementBuilder", ".SettlementFileException", .. Ground,
            // Imported as CSV.
            "Bulk", "Loading.RejectedRow", "Loading.RowRejectedException",
        ],

        // They run the stages of a day and compare results; no stage uses them. A close reads approved corrections, and corrections use the
        // pricing of a close.
        ["Closing"] = ["Catalog", "Corrections", .. Stages, .. Ground],

        // The steps of a close, for days that are open.
        ["Estimates"] = ["Closing", "Corrections", .. Stages, .. Ground, .. StoreGround],
        ["Corrections"] = ["Catalog", "Closing", .. Stages, .. Ground, .. StoreGround],
        ["Verification"] = ["Closing", "Corrections", .. Stages, .. Ground],

        // A version that is proposed in the catalog can be tried.
        ["Trials"] =
        [
            "Closing", "Corrections", "Catalog.StoredRate", "Configuration.CandidateReader", ".SettlementFile",
            ".SettlementOptions", .. Stages, .. Ground,
        ],

        // A file configures the builder like a program does.
        ["Configuration"] =
        [
            "Usage", "Calendars", "Corrections", "Estimates.EstimateOptions", "Pipelines", "Rates", ".SettlementBuilder",
            ".SettlementOptions",
            ".SettlementFileException", ".Utf8Order",
        ],

        // Pages and health checks of the router and of quarantined usage.
        ["CausalTokens"] = ["Routing"],
        ["Servers"] = ["Routing"],
        ["Quarantine"] = ["Closing.DayCloser", "Lines.QuarantinedUsage", ".SettlementEngine"],

        // Folders of a single store or engine.
        ["Http"] = ["Usage.MessageText", ".ClickHouseOptions"],
        ["Database"] =
        [
            "Routing", "Calendars", "Telemetry", "Stores", "Sums.ItemFilter", "Schema", ".SchemaException", ".SettlementPlan", ".Utf8Order",
            "Files.SourceFiles", "Files.FileFormat", "Usage.UsageSourceException", "Usage.MessageText",
        ],
        // Bulk writes, shared by the loaders and the stages.
        ["Bulk"] = ["Database", "Loading.RejectedRow", "Loading.RowRejectedException"],
        ["Schema"] = ["Database", "Bulk", "Stores", ".ISchema", ".SchemaException"],
        // The fault kit: contracts test stores and all stages.
        ["Faults"] = ["Telemetry"],
        ["Proxies"] = ["Faults"],
        ["Contracts"] =
        [
            .. Stages, .. Ground, "Catalog", "Closing", "Corrections", "Estimates", "Verification", "Trials", "Loading", "Faults",
            ".SettlementOptions",
            ".SettlementServices", ".SettlementBuilder", ".SettlementEngine", ".SettlementFile", ".SettlementFileException",
            "Configuration.SourceEngine",
            ".ISchema", ".SchemaException",
        ],

        ["Partitions"] = ["Usage.PartitionTable", "BusinessDays", "Verification", "Calendars", "Database", ".SettlementPlan"],
    };

    /// <summary>Returns the uses that the table doesn't allow, as sentences.</summary>
    public static IEnumerable<string> Violations(ModuleDefinition module) =>
        module.OwnTypes()
            .SelectMany(type => TypeUses.Of(type).Select(used => (User: SourceFolders.Find(type), Used: SourceFolders.Find(used))))
            .Where(use => use is { User: { } user, Used: { } used } && !IsAllowed(user, used))
            .Select(use => $"{use.User} uses {use.Used}")
            .Distinct().Order(StringComparer.Ordinal);

    public static bool IsAllowed(SourceType user, SourceType used)
    {
        // The root folder registers everything; the folders of a store read its options.
        if (user.Folder.Length == 0 || user.Folder == used.Folder || (used.Folder.Length == 0 && used.Project != Shipped.Core))
            return true;
        return MayUse.TryGetValue(user.Folder, out var allowed)
            && (allowed.Contains($"{used.Folder}.{used.Name}") || (used.Folder.Length > 0 && allowed.Contains(used.Folder)));
    }

    public static bool IsKnown(string folder) => folder.Length == 0 || MayUse.ContainsKey(folder);
}

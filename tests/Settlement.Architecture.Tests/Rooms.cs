using Mono.Cecil;

namespace Settlement.Architecture.Tests;

/// <summary>
/// Which room may use which: the design's rule that a stage uses the stage just before it, and Rates, Calendars and Pipelines, as a table.
/// A room is the part of a namespace after its assembly's name, so that <c>Settlement.Sqlite.Rankings</c> keeps the rules of
/// <c>Settlement.Rankings</c>. What stands here with a dot is one type of a room; <c>.Name</c> is one of the root namespace.
/// </summary>
internal static class Rooms
{
    private static readonly string[] Ground = ["Rates", "Calendars", "Pipelines", "BusinessDays", "Telemetry", "Stores",
        ".SettlementPlan", ".Utf8Order", ".CodePoints"];

    private static readonly string[] Stages = ["BillableEvents", "Sums", "Counters", "Lines", "Rankings", "Statements"];

    // What a store's rooms stand on beside.
    private static readonly string[] StoreGround = ["Database", "Bulk"];

    private static readonly Dictionary<string, string[]> MayUse = new(StringComparer.Ordinal)
    {
        // What a unit costs, what a day is, how work is cut: they know no stage.
        ["Calendars"] = [],
        ["Rates"] = [".CodePoints"],
        ["Telemetry"] = [],
        // What stores share: retry, and the order in which a schema is applied.
        ["Stores"] = [".ISchema", ".SchemaException"],
        // Of a SQLite file there is one writer, whoever it writes for.
        ["Routing"] = ["Telemetry", "Database.WriterLock", "Database.DatabaseBusyException", "Database.ConnectionStringCheck"],
        ["Pipelines"] = ["Calendars", "Telemetry", "Stores", ".CodePoints", .. StoreGround],

        // The data flow.
        ["BillableEvents"] = [.. Ground, .. StoreGround],
        // The first close decides which events belong to its day.
        ["BusinessDays"] = ["Calendars", "Pipelines", "Closing.DayCloser", "BillableEvents.LateEvents", "BillableEvents.Gates", .. StoreGround],
        // Reads usage events, in a store.
        ["Sources"] = ["BillableEvents", .. Ground, .. StoreGround],
        // Keeps the sums that a source made; where they come from is of no matter to it.
        ["Sums"] = ["BillableEvents.TotalsAccumulator", "BillableEvents.TotalKey", "BillableEvents.ControlSum", .. Ground, .. StoreGround],
        ["Counters"] = ["BillableEvents.BillableEvent", "BillableEvents.Gates", .. Ground, .. StoreGround],
        ["Lines"] = ["BillableEvents.IEventStore", "BillableEvents.EventNote", "Sums", "Counters", "Corrections.RestatementEntry", "Corrections.RestatedPrice", .. Ground, .. StoreGround],
        ["Rankings"] = ["Sums", .. Ground, .. StoreGround],
        ["Statements"] = ["Lines", "Sums.ItemFilter", .. Ground, .. StoreGround],

        // Rows into the first stage.
        ["Loading"] = ["BillableEvents", .. Ground, .. StoreGround],

        // They lead the stages through a day, and look at it again. No stage uses them. A close reads what corrections decided, and a correction is
        // priced as a close prices.
        ["Closing"] = ["Corrections", .. Stages, .. Ground],
        ["Corrections"] = ["Closing", .. Stages, .. Ground, .. StoreGround],
        ["Verification"] = ["Closing", "Corrections", .. Stages, .. Ground],

        // A file adds by the builder what a program adds.
        ["Configuration"] = ["BillableEvents", "Calendars", "Corrections", "Pipelines", "Rates", ".SettlementBuilder", ".SettlementOptions"],

        // What ASP.NET Core shows of the router, and of usage that could not be priced.
        ["CausalTokens"] = ["Routing"],
        ["Hosts"] = ["Routing"],
        ["Quarantine"] = ["Closing.DayCloser", "Lines.QuarantinedUsage", ".SettlementEngine"],

        // A store's own.
        ["Database"] = ["Routing", "Calendars", "Telemetry", "Stores", "Sums.ItemFilter", "Schema", ".SchemaException", ".SettlementPlan", ".Utf8Order"],
        // Shared by the loaders, and how a store takes many rows.
        ["Bulk"] = ["Database", "Loading.RejectedRow", "Loading.RowRejectedException"],
        ["Schema"] = ["Database", "Bulk", "Stores", ".ISchema", ".SchemaException"],
        // The fault kit's own: contracts look at all that a store and the stages do.
        ["Faults"] = ["Telemetry"],
        ["Proxies"] = ["Faults"],
        ["Contracts"] = [.. Stages, .. Ground, "Closing", "Corrections", "Verification", "Loading", "Faults", ".SettlementOptions", ".SettlementServices", ".SettlementBuilder", ".SettlementEngine", ".ISchema", ".SchemaException"],

        ["Partitions"] = ["BillableEvents.PartitionTable", "BusinessDays", "Verification", "Calendars", "Database", ".SettlementPlan"],
    };

    /// <summary>Uses that the table doesn't allow, in words.</summary>
    public static IEnumerable<string> Violations(ModuleDefinition module) =>
        module.OwnTypes()
            .SelectMany(type => TypeUses.Of(type).Select(used => (User: type.OutermostType().FullName, Used: used.OutermostType().FullName)))
            .Where(use => !IsAllowed(use.User, use.Used))
            .Select(use => $"{use.User} uses {use.Used}")
            .Distinct().Order(StringComparer.Ordinal);

    public static bool IsAllowed(string user, string used)
    {
        if (!used.StartsWith("Settlement.", StringComparison.Ordinal))
            return true;
        var (from, _) = Place(user);
        var (to, type) = Place(used);

        // The root namespace is where everything is wired together.
        if (from.Length == 0 || from == to)
            return true;
        return MayUse.TryGetValue(from, out var allowed)
            && (allowed.Contains($"{to}.{type}") || (to.Length > 0 && allowed.Contains(to)) || IsRootOfStore(used));
    }

    public static bool IsKnown(string fullName) => Place(fullName).Room is var room && (room.Length == 0 || MayUse.ContainsKey(room));

    /// <summary>A store's own options, which its rooms read.</summary>
    private static bool IsRootOfStore(string used) =>
        Shipped.Siblings.Any(store => used.StartsWith(store + ".", StringComparison.Ordinal)) && Place(used).Room.Length == 0;

    private static (string Room, string Type) Place(string fullName)
    {
        var assembly = Shipped.Siblings.FirstOrDefault(name => fullName.StartsWith(name + ".", StringComparison.Ordinal)) ?? Shipped.Core;
        var place = fullName[(assembly.Length + 1)..];
        var dot = place.LastIndexOf('.');
        var type = place[(dot + 1)..];
        return (dot < 0 ? "" : place[..dot], type.Split('`')[0]);
    }
}

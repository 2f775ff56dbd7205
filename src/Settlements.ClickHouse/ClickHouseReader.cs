using Settlements.Stores;

namespace Settlements.ClickHouse;

/// <summary>Validates the options of a source, and creates it.</summary>
internal sealed class ClickHouseReader(ClickHouseOptions options) : IUsageTableReader
{
    public ClickHouseOptions Options => options;

    public IEnumerable<string> Validate(UsageTable table)
    {
        foreach (var error in Errors())
            yield return $"Source '{table.Name}': {error}";
        if (SourceCondition.FindError(table, SqlDialect.ClickHouse) is { } condition)
            yield return condition;
    }

    public IUsageSource Create(UsageTable table, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        var clock = services.GetService(typeof(TimeProvider)) as TimeProvider ?? TimeProvider.System;
        return new ClickHouseSource(table, options, new HttpStatements(options, services, clock), clock);
    }

    private IEnumerable<string> Errors()
    {
        if (!Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            yield return "the Endpoint of ClickHouse is not an address of its HTTP interface, such as http://clickhouse:8123. Set it.";
        else if (endpoint.UserInfo.Length > 0 || endpoint.Query.Length > 0 || endpoint.Fragment.Length > 0)
            yield return "the Endpoint of ClickHouse has a user, a query or a fragment. Set User, Password and Database instead.";
        if (options.User.Concat(options.Password).Any(char.IsControl))
            yield return "the User or the Password of ClickHouse has a control character, which a header can't contain. Use another one.";
        if (options is { Final: true, AllowUnmerged: true })
            yield return "both Final and AllowUnmerged are set. Use one.";
        if (options.SliceRowsMax is < 1 or > HttpStatements.RowsMax)
            yield return FormattableString.Invariant($"SliceRowsMax is {options.SliceRowsMax}; use 1 to {HttpStatements.RowsMax}.");
        if (options.CommandTimeout < TimeSpan.FromSeconds(1) || options.CommandTimeout > TimeSpan.FromDays(1))
            yield return $"CommandTimeout is {options.CommandTimeout}; use 1 second to 1 day.";
        if (options.RetriesMax is < 0 or > 100)
            yield return FormattableString.Invariant($"RetriesMax is {options.RetriesMax}; use 0 to 100.");
        if (options.RetryDelay < TimeSpan.Zero || options.RetryDelay > TimeSpan.FromMinutes(1))
            yield return $"RetryDelay is {options.RetryDelay}; use 0 to 1 minute.";
    }
}

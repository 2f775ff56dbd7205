using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;

namespace Settlements;

/// <summary>Says what a settlement is made of. Faults are collected, and said all at once at start.</summary>
/// <example>
/// <code>
/// services.AddSettlement(settlement =&gt; settlement
///     .UseSqlite("Data Source=settlement.db")
///     .Calendar("Asia/Seoul")
///     .StartsOn(new DateOnly(2024, 7, 1))
///     .Meter("video.seconds")
///     .Rates("video.view", rates =&gt; rates.Flat("2024-01", new DateOnly(2024, 1, 1), Currency.KRW, price: 1.1m))
///     .Configure(options =&gt; options.Grace = TimeSpan.FromMinutes(30)));
/// </code>
/// </example>
public sealed class SettlementBuilder
{
    private readonly List<Action<SettlementOptions>> _configure = [];
    private readonly List<string> _faults = [];
    private readonly List<string> _stores = [];
    private SqlDialect? _dialect;

    internal SettlementBuilder(IServiceCollection services) => Services = services;

    /// <summary>Where a store adds its services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Sets what a business day is.</summary>
    /// <param name="timeZoneId">An IANA zone, for example <c>Asia/Seoul</c>.</param>
    /// <param name="weekStartsOn">The first day of a week.</param>
    /// <returns>This builder.</returns>
    public SettlementBuilder Calendar(string timeZoneId, DayOfWeek weekStartsOn = DayOfWeek.Monday)
    {
        try
        {
            var calendar = new BusinessCalendar(timeZoneId, weekStartsOn);
            return Configure(options => options.Calendar = calendar);
        }
        catch (ArgumentException e)
        {
            return Fault(e.Message);
        }
    }

    /// <summary>Gives a meter its rate tables.</summary>
    /// <param name="meter">The meter, for example <c>video.view</c>.</param>
    /// <param name="configure">Adds versions, and own tables of items and payees.</param>
    /// <returns>This builder.</returns>
    public SettlementBuilder Rates(string meter, Action<MeterRatesBuilder> configure)
    {
        if (!MeterRates.TryBuild(meter, configure, out var rates, out var faults))
        {
            _faults.AddRange(faults);
            return this;
        }

        return Configure(options =>
        {
            if (!options.Rates.TryAdd(meter, rates))
                options.BuilderFaults.Add($"Meter '{meter}' is given rates twice. Put all its versions into one Rates(…).");
        });
    }

    /// <summary>Declares a meter without a price: it is counted and ranked, and nobody is paid for it.</summary>
    /// <param name="meter">The meter, for example <c>video.seconds</c>: 1 to 64 characters. Named again, nothing changes.</param>
    /// <returns>This builder.</returns>
    public SettlementBuilder Meter(string meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        return Configure(options => options.UnpricedMeters.Add(meter));
    }

    /// <summary>Sets the first business day that is settled; see <see cref="SettlementOptions.StartsOn"/>.</summary>
    /// <param name="date">The day, included.</param>
    /// <returns>This builder.</returns>
    public SettlementBuilder StartsOn(DateOnly date) => Configure(options => options.StartsOn = date);

    /// <summary>Reads a table of your own as events, as it is.</summary>
    /// <param name="name">A name for progress and errors.</param>
    /// <param name="configure">Says what its columns mean.</param>
    /// <returns>This builder.</returns>
    public SettlementBuilder Source(string name, Action<UsageTableBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        if (string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl))
            return Fault($"A source's name is '{name}'. Give it a name in visible characters.");
        var builder = new UsageTableBuilder(name);
        configure(builder);
        return builder.Build(_faults) is { } source ? Configure(options => options.Sources.Add(source)) : this;
    }

    /// <summary>Adds what a settlement file contains: calendar, meters, rates, sources and limits. The store is chosen by a call of its own.</summary>
    /// <param name="file">The file; see <see cref="SettlementFile.Read"/>.</param>
    /// <returns>This builder.</returns>
    public SettlementBuilder UseFile(SettlementFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.ApplyTo(this);
        return this;
    }

    /// <summary>Reads a settlement file and adds what it contains. Its errors are reported at start, with those of the other options.</summary>
    /// <param name="path">The file's path; a relative one starts in the current folder.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public SettlementBuilder UseFile(string path)
    {
        try
        {
            return UseFile(SettlementFile.Read(path));
        }
        catch (SettlementFileException e)
        {
            _faults.AddRange(e.Errors);
            return this;
        }
    }

    /// <summary>Changes further options.</summary>
    /// <param name="configure">The change.</param>
    /// <returns>This builder.</returns>
    public SettlementBuilder Configure(Action<SettlementOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _configure.Add(configure);
        return this;
    }

    /// <summary>Says which store is used; for stores. Exactly one is needed.</summary>
    /// <param name="name">The store's name.</param>
    /// <param name="dialect">How the conditions of sources are read when they are checked at start; null for a store without SQL, where they are not checked.</param>
    /// <returns>This builder.</returns>
    public SettlementBuilder UseStore(string name, SqlDialect? dialect = null)
    {
        _stores.Add(name);
        _dialect = dialect;
        return this;
    }

    /// <summary>Keeps a fault to be said at start; for stores.</summary>
    /// <param name="message">The thing, the value, the limit and the remedy.</param>
    /// <returns>This builder.</returns>
    public SettlementBuilder Fault(string message)
    {
        _faults.Add(message);
        return this;
    }

    internal void Apply(SettlementOptions options)
    {
        foreach (var configure in _configure)
            configure(options);
        options.BuilderFaults.AddRange(_faults);
        options.Dialect = _dialect;
        if (_stores.Count == 0)
            options.BuilderFaults.Add("No store is chosen. Call UseSqlite(\"Data Source=settlement.db\") of the package Settlements.Sqlite, or UseMySql(…) of Settlements.MySql.");
        if (_stores.Count > 1)
            options.BuilderFaults.Add(FormattableString.Invariant($"{_stores.Count} stores are chosen ({string.Join(", ", _stores)}). Choose one."));
    }
}

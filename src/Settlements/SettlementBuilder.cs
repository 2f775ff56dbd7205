using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Configures settlement: store, calendar, meters, rates and sources. Errors are collected and reported together at startup.
/// </summary>
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
    private readonly List<string> _errors = [];
    private readonly List<string> _stores = [];
    private SqlDialect? _dialect;

    internal SettlementBuilder(IServiceCollection services) => Services = services;

    /// <summary>Gets the service collection to which a store adds its services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Sets the calendar of the business days.</summary>
    /// <param name="timeZoneId">An IANA time zone, for example <c>Asia/Seoul</c>.</param>
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
            return AddError(e.Message);
        }
    }

    /// <summary>Sets the rate versions of a meter.</summary>
    /// <param name="meter">The meter, for example <c>video.view</c>.</param>
    /// <param name="configure">Adds rate versions, and overrides of items and payees.</param>
    /// <returns>This builder.</returns>
    public SettlementBuilder Rates(string meter, Action<MeterRatesBuilder> configure)
    {
        if (!MeterRates.TryBuild(meter, configure, out var rates, out var errors))
        {
            _errors.AddRange(errors);
            return this;
        }

        return Configure(options =>
        {
            if (!options.Rates.TryAdd(meter, rates))
                options.BuilderErrors.Add($"Meter '{meter}' has two Rates(…) calls. Put all its versions into one call.");
        });
    }

    /// <summary>
    /// Uses the rate versions that are kept in the store, beside those in code: proposed and approved with <see cref="RateCatalog"/>. A
    /// meter that has all its versions in the store is declared with <see cref="Meter"/>; its usage from before its first version is
    /// quarantined when its day is closed.
    /// </summary>
    /// <returns>This builder.</returns>
    public SettlementBuilder RatesFromStore() => Configure(options => options.RatesFromStore = true);

    /// <summary>
    /// Uses the rate versions that the application keeps, beside those in code and in the store. Meters are declared as for
    /// <see cref="RatesFromStore"/>.
    /// </summary>
    /// <typeparam name="T">The source, a singleton service; registered if it is not.</typeparam>
    /// <returns>This builder.</returns>
    public SettlementBuilder RatesFrom<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IRateSource
    {
        if (Services.Any(service => service.ServiceType == typeof(IRateSource)))
            return AddError("RatesFrom<T>() is called twice. Use one source, which returns the versions of both.");
        Services.TryAddSingleton<T>();
        Services.AddSingleton<IRateSource>(provider => provider.GetRequiredService<T>());
        return this;
    }

    /// <summary>Declares an unpriced meter: its usage is counted and ranked, and not paid.</summary>
    /// <param name="meter">The meter, for example <c>video.seconds</c>: 1 to 64 characters. Declaring it again has no effect.</param>
    /// <returns>This builder.</returns>
    public SettlementBuilder Meter(string meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        return Configure(options => options.UnpricedMeters.Add(meter));
    }

    /// <summary>Sets the first business day of the settlement; see <see cref="SettlementOptions.StartsOn"/>.</summary>
    /// <param name="date">The first day, included.</param>
    /// <returns>This builder.</returns>
    public SettlementBuilder StartsOn(DateOnly date) => Configure(options => options.StartsOn = date);

    /// <summary>Adds an existing table of the application as a usage source. The table is read and never written.</summary>
    /// <param name="name">The name of the source, used in progress and errors.</param>
    /// <param name="configure">Maps the columns of the table.</param>
    /// <returns>This builder.</returns>
    public SettlementBuilder Source(string name, Action<UsageTableBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        if (string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl))
        {
            return AddError(
                $"The name of a source is '{MessageText.Escape(name ?? "")}'. Use a name that is not blank and has no control characters.");
        }

        var builder = new UsageTableBuilder(name);
        configure(builder);
        return builder.Build(_errors) is { } source ? Configure(options => options.Sources.Add(source)) : this;
    }

    /// <summary>
    /// Adds the content of a settlement file: calendar, meters, rates, sources and limits. The store is selected by a separate call.
    /// </summary>
    /// <param name="file">The file; see <see cref="SettlementFile.Read"/>.</param>
    /// <returns>This builder.</returns>
    public SettlementBuilder UseFile(SettlementFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.ApplyTo(this);
        return this;
    }

    /// <summary>
    /// Reads a settlement file and adds its content. Errors in the file are reported at startup, together with those of the other
    /// options.
    /// </summary>
    /// <param name="path">The path of the file; a relative path is resolved against the current folder.</param>
    /// <param name="engines">The engines that the sources may be read from; see <see cref="SettlementFile.Read"/>.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public SettlementBuilder UseFile(string path, params SourceEngine[] engines)
    {
        try
        {
            return UseFile(SettlementFile.Read(path, engines));
        }
        catch (SettlementFileException e)
        {
            _errors.AddRange(e.Errors);
            return this;
        }
    }

    /// <summary>Adds a callback that changes further options.</summary>
    /// <param name="configure">Changes the options.</param>
    /// <returns>This builder.</returns>
    public SettlementBuilder Configure(Action<SettlementOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _configure.Add(configure);
        return this;
    }

    /// <summary>Selects the store. Exactly one is required. For store authors.</summary>
    /// <param name="name">The name of the store.</param>
    /// <param name="dialect">
    /// The SQL dialect by which the conditions of sources are validated at startup; null for a store without SQL, which skips the
    /// validation.
    /// </param>
    /// <returns>This builder.</returns>
    [Experimental("SETTLE001")]
    public SettlementBuilder UseStore(string name, SqlDialect? dialect = null)
    {
        _stores.Add(name);
        _dialect = dialect;
        return this;
    }

    /// <summary>Adds a validation error that is reported at startup. For store authors.</summary>
    /// <param name="message">The message: the thing, the value, the limit and the remedy.</param>
    /// <returns>This builder.</returns>
    [Experimental("SETTLE001")]
    public SettlementBuilder AddError(string message)
    {
        _errors.Add(message);
        return this;
    }

    internal void Apply(SettlementOptions options)
    {
        foreach (var configure in _configure)
            configure(options);
        options.BuilderErrors.AddRange(_errors);
        options.Dialect = _dialect;
        if (_stores.Count == 0)
        {
            options.BuilderErrors.Add(
                "No store is selected. Call UseSqlite(\"Data Source=settlement.db\") of the package Settlements.Sqlite, "
                + "or UseMySql(…) of Settlements.MySql.");
        }

        if (_stores.Count > 1)
        {
            options.BuilderErrors.Add(FormattableString.Invariant(
                $"{_stores.Count} stores are selected ({string.Join(", ", _stores)}). Select one."));
        }
    }
}

using System.Runtime.CompilerServices;
using Settlements.Stores;

namespace Settlements;

/// <summary>Caches the periods in which usage of the last meter and date is counted, for all items. Not thread-safe.</summary>
internal sealed class CounterInstanceCache(BusinessCalendar calendar)
{
    private MeterRates? _meter;
    private DateOnly _usageDate;
    private CounterInstance[] _instances = [];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public CounterInstance[] Of(MeterRates meter, DateOnly usageDate)
    {
        if (!ReferenceEquals(meter, _meter) || usageDate != _usageDate)
            (_meter, _usageDate, _instances) = (meter, usageDate, [.. CounterCache.InstancesOf(meter, usageDate, calendar)]);
        return _instances;
    }
}

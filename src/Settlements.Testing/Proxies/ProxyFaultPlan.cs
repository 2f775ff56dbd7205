namespace Settlements.Testing;

/// <summary>Extension method that injects the fault of a <see cref="FaultPlan"/> through a proxy.</summary>
public static class ProxyFaultPlan
{
    /// <summary>
    /// Injects the fault of a plan; a command counts as one statement. An exception before a statement is error 1213 (deadlock) instead of
    /// the statement, after it a truncated response. A broken connection is reset before the server receives the statement, or instead of
    /// its response. After a process stop all connections are reset, including new ones.
    /// </summary>
    /// <param name="proxy">The proxy.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="counts">Selects the commands that count as statements; null for all. The others pass.</param>
    public static void InjectFaults(this MySqlFaultProxy proxy, FaultPlan plan, Func<ProxiedCommand, bool>? counts = null)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        ArgumentNullException.ThrowIfNull(plan);
        proxy.OnCommand = command =>
        {
            if (plan.IsStopped)
                return ProxyFault.CutBefore;
            if (counts?.Invoke(command) == false)
                return ProxyFault.None;
            var statement = plan.CountStatement();
            var fault = plan.TryInject(statement, FaultSide.Before)
                ? plan.Kind == FaultKind.Exception
                    ? ProxyFault.Error(1213, "40001", $"Injected fault: deadlock found ({plan}).")
                    : ProxyFault.CutBefore
                : plan.TryInject(statement, FaultSide.After)
                    ? plan.Kind == FaultKind.Exception ? ProxyFault.CutInsideAnswer(2) : ProxyFault.CutAfter
                    : ProxyFault.None;
            proxy.RefusesConnections |= plan.IsStopped;
            return fault;
        };
    }
}

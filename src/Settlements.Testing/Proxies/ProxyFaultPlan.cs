namespace Settlements.Testing;

/// <summary>Lets a proxy fail commands as a <see cref="FaultPlan"/> says; a command counts as one statement.</summary>
public static class ProxyFaultPlan
{
    /// <summary>
    /// Puts a proxy under a plan: an exception before a statement is error 1213 (deadlock) in its place, one after it an answer that is torn;
    /// a broken connection is reset before the server has the statement, or in place of its answer; after a process stop all connections are
    /// reset, and new ones too.
    /// </summary>
    /// <param name="proxy">The proxy.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="counts">Which commands count as statements; null for all. The others pass.</param>
    public static void Follow(this MySqlFaultProxy proxy, FaultPlan plan, Func<ProxiedCommand, bool>? counts = null)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        ArgumentNullException.ThrowIfNull(plan);
        proxy.OnCommand = command =>
        {
            if (plan.IsStopped)
                return ProxyFault.CutBefore;
            if (counts?.Invoke(command) == false)
                return ProxyFault.None;
            var statement = plan.Count();
            var fault = plan.Strikes(statement, FaultSide.Before)
                ? plan.Kind == FaultKind.Exception ? ProxyFault.Error(1213, "40001", $"Deadlock found, as the test wants: {plan}") : ProxyFault.CutBefore
                : plan.Strikes(statement, FaultSide.After)
                    ? plan.Kind == FaultKind.Exception ? ProxyFault.CutInsideAnswer(2) : ProxyFault.CutAfter
                    : ProxyFault.None;
            proxy.IsRefusing |= plan.IsStopped;
            return fault;
        };
    }
}

namespace Settlements.Testing;

// Approvals and publications on different connections: exactly one of them is first, and the other one finds its result.
public abstract partial class RateCatalogContract
{
    /// <summary>How often the condition is tried. InnoDB refreshes its list of transactions at most every 100 ms.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(120);

    /// <summary>Returns whether a transaction, or a writer of this process, waits for a lock of the database.</summary>
    protected abstract Task<bool> IsWaitingForLockAsync(StoreUnderTest store);

    [Fact]
    public async Task A_publication_waits_for_an_approval_that_is_checked_and_is_repeated_with_the_version()
    {
        var held = new HeldTransaction();
        await using var store = NewStore();
        await using var approver = await StartAsync(store, held.HoldApproval);
        await using var closer = await StartAsync(store);
        await closer.LoadAsync(Scenario.Event(1, Monday));
        var proposal = await ProposeAsync(approver, Flat("b", Monday, 20m));
        Task<Proposal>? approval = null;
        var close = Task.Run(() => closer.Engine.Days.CloseThroughAsync(Monday, new InlineProgress(p =>
        {
            // The day is closing, and priced at the old rates.
            if (approval is not null || p.Run is not { StepNumber: 3, ChunksDone: 0 })
                return;
            approval = Task.Run(() => ApproveAsync(approver, proposal));
            Task.WaitAny(held.Held, approval);
        })));
        await Task.WhenAny(held.Held, close);
        await ReleaseWhenWaitingAsync(store, held, close);

        (await approval!).State.Should().Be(ProposalState.Approved);
        (await close).Should().ContainSingle();
        (await closer.LineAsync(Monday)).Amount.Should().Be(20);
        (await closer.Engine.Pipelines.ListRunsAsync(10)).Should().HaveCount(2, "the first run is abandoned");
        await closer.CheckAsync(Monday, Monday);
    }

    [Fact]
    public async Task A_close_does_not_start_while_an_approval_is_checked()
    {
        var held = new HeldTransaction();
        await using var store = NewStore();
        await using var approver = await StartAsync(store, held.HoldApproval);
        await using var closer = await StartAsync(store);
        await closer.LoadAsync(Scenario.Event(1, Monday));
        var proposal = await ProposeAsync(approver, Flat("b", Monday, 20m));
        var approval = Task.Run(() => ApproveAsync(approver, proposal));
        await Task.WhenAny(held.Held, approval);
        var close = Task.Run(() => closer.CloseAsync(Monday));
        await ReleaseWhenWaitingAsync(store, held, close);

        (await approval).State.Should().Be(ProposalState.Approved);
        await close;
        (await closer.LineAsync(Monday)).Amount.Should().Be(20);
        (await closer.Engine.Pipelines.ListRunsAsync(10)).Should().ContainSingle();
        await closer.CheckAsync(Monday, Monday);
    }

    [Fact]
    public async Task An_approval_waits_for_a_publication_that_is_checked_and_is_refused_with_the_remedy()
    {
        var held = new HeldTransaction();
        await using var store = NewStore();
        await using var approver = await StartAsync(store);
        await using var closer = await StartAsync(store, held.HoldPublication);
        await closer.LoadAsync(Scenario.Event(1, Monday), Scenario.Event(2, Tuesday));
        var proposal = await ProposeAsync(approver, Flat("b", Monday, 20m));
        var close = Task.Run(() => closer.CloseAsync(Monday));
        await Task.WhenAny(held.Held, close);
        var approval = Task.Run(() => ApproveAsync(approver, proposal));
        await ReleaseWhenWaitingAsync(store, held, approval);

        await close;
        (await FluentActions.Awaiting(() => approval).Should().ThrowAsync<CorrectionRefusedException>())
            .WithMessage("*'video.view' b starts on 2024-07-01*published*2024-07-02 or later*supersede*");
        (await approver.Engine.Rates.ListHistoryAsync()).Should().ContainSingle().Which.State.Should().Be(ProposalState.Proposed);
        await approver.Engine.Rates.WithdrawAsync(proposal.ProposalId);
        await ApproveAsync(approver, await ProposeAsync(approver, Flat("b", Tuesday, 20m)));
        await closer.CloseAsync(Tuesday);
        (await closer.LinesAsync()).Select(l => l.Amount).Should().Equal(10, 20);
        await closer.CheckAsync(Monday, Tuesday);
    }

    /// <summary>Releases the held transaction when the other one waits for it, which must not be completed.</summary>
    private async Task ReleaseWhenWaitingAsync(StoreUnderTest store, HeldTransaction held, Task other)
    {
        try
        {
            while (!other.IsCompleted && !await IsWaitingForLockAsync(store))
                await Task.WhenAny(other, Task.Delay(PollInterval));
            other.IsCompleted.Should().BeFalse("it waits for the held transaction");
        }
        finally
        {
            held.Release();
        }
    }
}

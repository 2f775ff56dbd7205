using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Quartz;
using Settlement.SampleHost.Scheduling;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Scheduling;

public sealed class SchedulerStartTests
{
    [Fact]
    public async Task A_stop_waits_for_a_start_that_is_under_way()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var scheduler = Answer<IScheduler>(nameof(IScheduler.Start), () =>
        {
            begun.SetResult();
            return new ValueTask(finish.Task);
        });
        using var service = new SchedulerStart(
            Answer<ISchedulerFactory>(nameof(ISchedulerFactory.GetScheduler), () => new ValueTask<IScheduler>(scheduler)),
            new StartedHost(), Options.Create(new ScheduleOptions { StartDelay = TimeSpan.Zero }), TimeProvider.System);
        await service.StartAsync(TestContext.Current.CancellationToken);
        await begun.Task.WaitAsync(TestContext.Current.CancellationToken);

        var stop = service.StopAsync(TestContext.Current.CancellationToken);

        stop.IsCompleted.Should().BeFalse();
        finish.SetResult();
        await stop;
        service.ExecuteTask!.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Fact]
    public async Task The_start_is_stopped_before_the_scheduler()
    {
        await using var platform = await PlatformUnderTest.StartAsync(settings: [("Schedule:Enabled", "true")]);

        platform.Service<IEnumerable<IHostedService>>().Select(service => service.GetType())
            .Where(type => type == typeof(SchedulerStart) || type == typeof(QuartzHostedService))
            .Should().Equal(typeof(QuartzHostedService), typeof(SchedulerStart));
    }

    private static T Answer<T>(string method, Func<object> answer)
        where T : class
    {
        var proxy = DispatchProxy.Create<T, OneAnswer>();
        ((OneAnswer)(object)proxy).Set(method, answer);
        return proxy;
    }

#pragma warning disable CA1852 // the base of a generated class
    private class OneAnswer : DispatchProxy
    {
        private string _method = "";
        private Func<object> _answer = () => throw new InvalidOperationException();

        public void Set(string method, Func<object> answer) => (_method, _answer) = (method, answer);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == _method ? _answer() : throw new NotSupportedException(targetMethod.Name);
    }
#pragma warning restore CA1852

    private sealed class StartedHost : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted { get; } = new(canceled: true);

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}

using System.Runtime.InteropServices;

namespace Settlements.Cli;

/// <summary>
/// Converts the first Ctrl+C or SIGTERM to a cancellation. A second one ends the process immediately, by the default action.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignal() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Handle(c, ExitCode.Interrupted)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Handle(c, ExitCode.Terminated)),
    ];

    public CancellationToken Token => _stop.Token;

    /// <summary>The exit code for the received signal.</summary>
    public int Code { get; private set; } = ExitCode.Interrupted;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    private void Handle(PosixSignalContext context, int code)
    {
        if (_stop.IsCancellationRequested)
            return;
        context.Cancel = true;
        Code = code;
        _stop.Cancel();
    }
}

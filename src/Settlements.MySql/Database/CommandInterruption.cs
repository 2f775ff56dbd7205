using System.Diagnostics.CodeAnalysis;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// Interrupts a command from the cancellation of a token until it is disposed. The driver ignores a cancellation that arrives before the
/// command executes, so a single one could be lost.
/// </summary>
internal sealed class CommandInterruption : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly MySqlCommand _command;
    private readonly Timer _timer;
    private readonly CancellationTokenRegistration _registration;

    public CommandInterruption(MySqlCommand command, CancellationToken cancellationToken)
    {
        _command = command;
        _timer = new Timer(_ => Interrupt());
        _registration = cancellationToken.Register(() => _timer.Change(TimeSpan.Zero, Interval));
    }

    /// <summary>Ends the interruptions, and waits for one that is being sent: the command may be disposed afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        await _registration.DisposeAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    [SuppressMessage("Design", "CA1031", Justification = "An exception of a timer ends the process; the next interval tries again.")]
    private void Interrupt()
    {
        try
        {
            _command.Cancel();
        }
        catch (Exception)
        {
            // The command then ends by itself, or is interrupted after the next interval.
        }
    }
}

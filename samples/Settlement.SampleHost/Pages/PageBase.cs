using Microsoft.AspNetCore.Components;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Languages;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Pages;

/// <summary>A page that is rendered for one request: who asks, and in which language.</summary>
public abstract class PageBase : ComponentBase
{
    [CascadingParameter]
    public HttpContext Http { get; set; } = null!;

    [Inject]
    private protected JsonStringLocalizer T { get; set; } = null!;

    [Inject]
    private protected DisplayFormat Format { get; set; } = null!;

    [Inject]
    private protected NavigationManager Navigation { get; set; } = null!;

    private protected Caller Caller => Caller.Of(Http);

    private protected CancellationToken RequestAborted => Http.RequestAborted;

    /// <summary>Why what was sent could not be done; null when nothing was wrong.</summary>
    private protected PlatformException? Problem { get; private set; }

    /// <summary>Sets what the request gives, and reads all before anything is rendered: a page is never shown by halves.</summary>
    public sealed override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        await LoadAsync();
        await base.SetParametersAsync(ParameterView.Empty);
    }

    /// <summary>Reads what the page shows.</summary>
    private protected virtual Task LoadAsync() => Task.CompletedTask;

    /// <summary>Does what a form asks for. What the asker can mend is shown on the page; all else goes the way of errors.</summary>
    /// <returns>Whether it was done.</returns>
    private protected async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (PlatformException e)
        {
            Problem = e;
            Http.Response.StatusCode = e.Status;
            return false;
        }
    }
}

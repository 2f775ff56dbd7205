namespace Settlements;

/// <summary>Thrown when open days can't be estimated as requested. The previous estimate remains.</summary>
public sealed class EstimateRefusedException : Exception
{
    internal EstimateRefusedException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

namespace Settlement;

internal static class Placeholder;

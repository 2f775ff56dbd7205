// What the player asks of a video element.

// A bundled clip stands for a picture that nobody has: once it is there, a hitch at its seam stops no clock.
const isBundled = media => media.currentSrc.startsWith(`${location.origin}/assets/`);

export const isRunning = media =>
  !media.paused && media.readyState >= (isBundled(media) ? HTMLMediaElement.HAVE_METADATA : HTMLMediaElement.HAVE_FUTURE_DATA);

/** Whether there is a picture. It is waited for: data savers load nothing before the first press. */
export function isPlayable(media) {
  if (media.readyState >= HTMLMediaElement.HAVE_METADATA || media.error) return Promise.resolve(!media.error);
  return new Promise(done => {
    media.addEventListener('loadedmetadata', () => done(true), { once: true });
    media.addEventListener('error', () => done(false), { once: true });
  });
}

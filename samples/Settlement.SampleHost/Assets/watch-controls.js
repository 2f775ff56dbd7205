// Volume, keys and clicks of the player.
const VOLUME_STEP = .1;
const STORED = 'volume';

/** The volume of all clips, kept for the next visit. */
export class Volume {
  #media;
  #slider;
  #button;
  #level = 1;
  #isMuted = false;

  constructor(media, slider, button) {
    [this.#media, this.#slider, this.#button] = [media, slider, button];
    try {
      const stored = JSON.parse(localStorage.getItem(STORED) ?? '{}');
      if (stored.level >= 0 && stored.level <= 1) [this.#level, this.#isMuted] = [stored.level, stored.isMuted === true];
    } catch { /* storage is disabled, or has another content */ }
    slider.oninput = () => this.#set(Number(slider.value) / 100, slider.value === '0');
    button.onclick = () => this.toggle();
    this.#set(this.#level, this.#isMuted);
  }

  change(direction) {
    const level = Math.min(1, Math.max(0, (this.#isMuted ? 0 : this.#level) + direction * VOLUME_STEP));
    this.#set(Math.round(level * 100) / 100, level === 0);
  }

  toggle() {
    this.#set(this.#level || .5, !this.#isMuted);
  }

  #set(level, isMuted) {
    [this.#level, this.#isMuted] = [level, isMuted];
    for (const media of this.#media) [media.volume, media.muted] = [level, isMuted];
    this.#slider.value = isMuted ? '0' : String(Math.round(level * 100));
    this.#button.setAttribute('aria-pressed', String(isMuted));
    try {
      localStorage.setItem(STORED, JSON.stringify({ level, isMuted }));
    } catch { /* storage is disabled */ }
  }
}

/** Keys work while the focus is in the player only, so that they don't interfere with other software (WCAG 2.1.4). */
export function addKeys(player, actions) {
  player.addEventListener('keydown', e => {
    const action = actions[e.key.toLowerCase()];
    if (!action || e.ctrlKey || e.altKey || e.metaKey || e.shiftKey) return;
    const target = e.target;
    if (e.key === ' ' && target instanceof HTMLButtonElement) return; // presses the button
    if (e.key.startsWith('Arrow') && target instanceof HTMLInputElement) return; // moves the slider
    e.preventDefault();
    action();
  });
}

export function addClicks(player, screen, cover, toggle) {
  screen.addEventListener('click', e => {
    if (cover.contains(e.target)) return;
    player.focus({ preventScroll: true });
    toggle();
  });
}

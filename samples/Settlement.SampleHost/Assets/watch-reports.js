// Sends reports to the server, one at a time, with increasing sequence numbers.
const TIMEOUT_MS = 10_000;

// A UUID of version 4; crypto.randomUUID is missing on pages without HTTPS.
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export class Reports {
  #video;
  #token;
  #play = null;
  #starting = null;
  #sequence = 0;
  #isSending = false;

  constructor(video, token) {
    this.#video = video;
    this.#token = token;
  }

  async start() {
    // The id is kept until there is a response: a start repeated after a lost response returns the same play.
    this.#starting ??= randomId();
    const response = await this.#post(`/api/videos/${encodeURIComponent(this.#video)}/plays`, { playId: this.#starting });
    if (response.status !== 0 && response.status < 500) this.#starting = null;
    if (response.ok) {
      this.#play = response.body.play.playId;
      this.#sequence = response.body.play.sequence;
    }

    return response;
  }

  /** Reports the position. Returns null while another report is in progress, since a later one follows. A stop is always sent. */
  async send(position, isStop) {
    if (this.#isSending && !isStop) return null;
    this.#isSending = true;
    try {
      return await this.#post(this.#address(isStop), { sequence: ++this.#sequence, positionSeconds: position });
    } finally {
      this.#isSending = false;
    }
  }

  /** Reports the position when the page is left, without waiting for the response. */
  leave(position) {
    const body = { sequence: ++this.#sequence, positionSeconds: position };
    fetch(this.#address(true), { ...this.#request(body), keepalive: true }).catch(() => {});
  }

  #address(isStop) {
    return `/api/plays/${this.#play}/${isStop ? 'stop' : 'progress'}`;
  }

  #request(body) {
    return { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRF-TOKEN': this.#token }, body: JSON.stringify(body) };
  }

  /** Status 0 means no response. */
  async #post(address, body) {
    try {
      const response = await fetch(address, { ...this.#request(body), signal: AbortSignal.timeout(TIMEOUT_MS) });
      const text = await response.text();
      return { ok: response.ok, status: response.status, body: text ? JSON.parse(text) : null };
    } catch {
      return { ok: false, status: 0, body: null };
    }
  }
}

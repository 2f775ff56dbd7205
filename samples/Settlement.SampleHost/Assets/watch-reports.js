// What the player tells the server: one report at a time, each with the next number.
const PATIENCE_MS = 10_000;

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
    // Until it is answered a start keeps its id: sent again after a lost answer, it is the same play.
    this.#starting ??= randomId();
    const answer = await this.#post(`/api/videos/${encodeURIComponent(this.#video)}/plays`, { playId: this.#starting });
    if (answer.status !== 0 && answer.status < 500) this.#starting = null;
    if (answer.ok) {
      this.#play = answer.body.play.playId;
      this.#sequence = answer.body.play.sequence;
    }

    return answer;
  }

  /** Says where the play is. Null when a report is under way already: a later one says it too. A stop is never left out. */
  async send(position, isStop) {
    if (this.#isSending && !isStop) return null;
    this.#isSending = true;
    try {
      return await this.#post(this.#address(isStop), { sequence: ++this.#sequence, positionSeconds: position });
    } finally {
      this.#isSending = false;
    }
  }

  /** The last word of a page that is left: nobody waits for the answer. */
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

  /** Status 0 is no answer at all. */
  async #post(address, body) {
    try {
      const answer = await fetch(address, { ...this.#request(body), signal: AbortSignal.timeout(PATIENCE_MS) });
      const text = await answer.text();
      return { ok: answer.ok, status: answer.status, body: text ? JSON.parse(text) : null };
    } catch {
      return { ok: false, status: 0, body: null };
    }
  }
}

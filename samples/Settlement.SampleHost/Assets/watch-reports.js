// What the player tells the server: one report at a time, each with the next number.
const PATIENCE_MS = 10_000;

export class Reports {
  #video;
  #token;
  #play = null;
  #sequence = 0;
  #isSending = false;

  constructor(video, token) {
    this.#video = video;
    this.#token = token;
  }

  async start() {
    const answer = await this.#post(`/api/videos/${encodeURIComponent(this.#video)}/plays`, {});
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

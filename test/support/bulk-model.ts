/** The rule about bulk messages as a model: what must have become of each message, whatever the database does. */

export type ModelMessage = {
  id: string;
  connection: number;
  customer: number;
  text: string;
  at: number;
  hold: 'shown' | 'held' | 'released' | 'expired';
};
export type Rule = { windowMs: number; free: number; keepsDays: boolean };
export const RULE: Rule = { windowMs: 300_000, free: 3, keepsDays: true };

export class BulkModel {
  readonly messages: ModelMessage[] = [];
  readonly #rule: Rule;
  readonly #wroteAt = new Map<string, number>();
  constructor(rule: Rule) {
    this.#rule = rule;
  }
  expiryOf(at: number): number {
    const [y, m, d, rest] = [
      new Date(at).getUTCFullYear(),
      new Date(at).getUTCMonth(),
      new Date(at).getUTCDate(),
      at % 86_400_000,
    ];
    const last = new Date(Date.UTC(y, m + 2, 0)).getUTCDate();
    return Date.UTC(y, m + 1, this.#rule.keepsDays ? Math.min(d, last) : d) + rest;
  }
  isBulk({ connection, text, at }: Omit<ModelMessage, 'hold'>): boolean {
    const near = this.messages.filter(
      (m) => m.connection === connection && m.text.trim() === text.trim() && Math.abs(m.at - at) < this.#rule.windowMs,
    );
    return near.length >= this.#rule.free;
  }
  sent(message: Omit<ModelMessage, 'hold'>, kind: 'echo' | 'api'): void {
    const isLate =
      kind === 'echo' && (this.#wroteAt.get(`${message.connection}|${message.customer}`) ?? 0) > message.at;
    this.messages.push({ ...message, hold: this.isBulk(message) && !isLate ? 'held' : 'shown' });
  }
  replied(connection: number, customer: number, at: number, quoted: string | undefined): void {
    const held = this.messages.filter(
      (m) => m.connection === connection && m.customer === customer && m.hold === 'held' && this.expiryOf(m.at) > at,
    );
    const wanted = held.filter((m) => m.id === quoted);
    for (const message of wanted.length > 0 ? wanted : held) message.hold = 'released';
    this.#wroteAt.set(`${connection}|${customer}`, at);
  }
  expired(at: number): void {
    for (const m of this.messages) if (m.hold === 'held' && this.expiryOf(m.at) <= at) m.hold = 'expired';
  }
}

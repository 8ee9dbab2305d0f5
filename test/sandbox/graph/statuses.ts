import { describeError, webhookError } from './errors.ts';
import type { Failure } from './messages/types.ts';
import type { Message, MessageStatus } from './model.ts';
import type { Outbox } from './webhooks/outbox.ts';
import { type StatusReport, statusUpdate } from './webhooks/payload.ts';
import type { GraphWorld } from './world.ts';

export type StatusTeller = {
  /** Plans what becomes of an accepted message; with a failure it fails after all. */
  plan: (message: Message, failure: Failure | undefined) => void;
  /** Tells a status at once; resolves when the receivers have answered. */
  tell: (message: Message, report: Omit<StatusReport, 'atMs'> & { atMs?: number }) => Promise<number[]>;
  clear: () => void;
};

const ranks: Record<MessageStatus, number> = { accepted: 0, sent: 1, delivered: 2, read: 3, failed: 4 };

const isKnown = (status: string): status is MessageStatus => Object.hasOwn(ranks, status);

/** Statuses come after the answer, each in a POST of its own, with jitter, in real time (WhatsApp: status webhooks). */
export function createStatusTeller(world: GraphWorld, outbox: Outbox): StatusTeller {
  const timers = new Set<NodeJS.Timeout>();

  const later = (ms: number, task: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      task();
    }, ms);
    timers.add(timer);
  };

  const tell: StatusTeller['tell'] = (message, report) => {
    const atMs = report.atMs ?? world.core.clock.now();
    const full = { ...report, atMs, isPriced: report.isPriced ?? takesPrice(message, report.status) };
    note(message, report.status, atMs, codeOf(report.errors));
    const update = statusUpdate(world, message, full);
    const { number } = message.chat;
    world.core.bus.emit({ kind: 'graph.status', wamid: message.id, status: report.status });
    const copies = 1 + Math.floor(world.settings.statusCopies);
    return outbox.emit(number, [update], copies > 1 ? { copies } : {});
  };

  return {
    tell,
    plan: (message, failure) => {
      const { autoDelivered, autoRead, statusOrder, statusDelayMs, statusJitter } = world.settings;
      const wanted: string[] = failure === undefined ? ['sent'] : ['failed'];
      // Of a reaction nobody ever hears more than that it was sent.
      const goesOn = failure === undefined && message.type !== 'reaction';
      if (goesOn && autoDelivered) wanted.push('delivered');
      if (goesOn && autoRead) wanted.push('read');
      const errors = failure === undefined ? undefined : [webhookError(failure.code, failure.details)];
      const waits = wanted.map((_status, index) => statusDelayMs * (index + 1) * jitter(statusJitter));
      for (const [index, status] of inOrder(wanted, statusOrder).entries()) {
        const tellNow = () => {
          // A chat opened in the meantime swallows "delivered": "read" implies it.
          if (status === 'delivered' && statusOrder === 'normal' && message.status === 'read') return;
          void tell(message, { status, errors });
        };
        later(waits[index] ?? statusDelayMs, tellNow);
      }
    },
    clear: () => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

const jitter = (share: number): number => 1 + (Math.random() * 2 - 1) * Math.min(share, 1);

function inOrder(statuses: string[], order: string): string[] {
  if (order === 'reversed') return statuses.toReversed();
  if (order !== 'random') return statuses;
  const keyed = statuses.map((status) => ({ status, key: Math.random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ status }) => status);
}

/** The chat shows the furthest status; a failure that comes after a delivery changes nothing. */
function note(message: Message, status: string, atMs: number, code: number | undefined): void {
  message.statuses.push({ status, atMs, ...(code === undefined ? {} : { code }) });
  const shown = status === 'played' ? 'read' : status;
  if (!isKnown(shown) || ranks[shown] <= ranks[message.status]) return;
  if (shown === 'failed' && ranks[message.status] >= ranks.delivered) return;
  if (message.status === 'failed') return;
  message.status = shown;
  if (shown === 'failed') message.reason = code === undefined ? 'failed' : describeError(code);
}

/** The price is on `sent` and on one of `delivered` and `read`. */
function takesPrice(message: Message, status: string): boolean {
  if (status === 'sent') return true;
  if ((status !== 'delivered' && status !== 'read') || message.isPriced) return false;
  message.isPriced = true;
  return true;
}

function codeOf(errors: StatusReport['errors']): number | undefined {
  if (typeof errors === 'number') return errors;
  const first = errors?.[0];
  return typeof first === 'object' && first !== null && 'code' in first ? Number(first.code) : undefined;
}

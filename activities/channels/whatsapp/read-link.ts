/** What `account_update` tells of the link between a number and us. (WhatsApp: account_update) */
import { z } from 'zod';
import type { LinkEvent } from '../channel.ts';
import { readPhone } from './contacts.ts';
import { type Reading, readTime } from './reading.ts';
import { lenient, textual } from './schema.ts';

/** The network's words are kept for people to read. */
const MAX_REASON_LENGTH = 100;

const updateSchema = z.object({
  event: z.string(),
  phone_number: lenient(textual),
  waba_info: lenient(z.object({ waba_id: lenient(textual) })),
  disconnection_info: lenient(z.object({ reason: lenient(z.string()), initiated_by: lenient(z.string()) })),
  restriction_info: lenient(z.array(z.unknown())),
  violation_info: lenient(z.object({ violation_type: lenient(z.string()) })),
  ban_info: lenient(z.object({ waba_ban_state: lenient(z.string()) })),
});
type Update = z.infer<typeof updateSchema>;

/** Of those that always mean the same; the list of events is open, and others are told of as account events. */
const CHANGES: Readonly<Record<string, LinkEvent['change']>> = {
  // A pause: the phone was changed or registered again, and the number mostly comes back within minutes.
  ACCOUNT_OFFBOARDED: 'suspended',
  ACCOUNT_RECONNECTED: 'resumed',
  PARTNER_REMOVED: 'ended',
  PARTNER_APP_UNINSTALLED: 'ended',
  ACCOUNT_DELETED: 'ended',
  ACCOUNT_RESTRICTION: 'restricted',
  ACCOUNT_VIOLATION: 'restricted',
};
const BANS: Readonly<Record<string, LinkEvent['change']>> = {
  DISABLE: 'disabled',
  SCHEDULE_FOR_DISABLE: 'restricted',
  REINSTATE: 'reinstated',
};

/**
 * Undefined: it says nothing of the link. `accountKey`: these events may stand under the id of our own business, and
 * then name the account within.
 */
export function readLink(
  value: Readonly<Record<string, unknown>>,
  time: unknown,
): { reading: Reading; accountKey: string | undefined } | undefined {
  const parsed = updateSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const update = parsed.data;
  const change = changeOf(update);
  if (change === undefined) return undefined;
  const phone = readPhone(update.phone_number);
  const reason = reasonOf(update)?.slice(0, MAX_REASON_LENGTH).toWellFormed();
  const initiatedBy = update.disconnection_info?.initiated_by?.slice(0, MAX_REASON_LENGTH).toWellFormed();
  const untilMs = untilOf(update);
  const atMs = readTime(time);
  return {
    reading: {
      kind: 'link',
      change,
      ...(phone === undefined ? {} : { phone }),
      ...(reason ? { reason } : {}),
      ...(initiatedBy ? { initiatedBy } : {}),
      ...(untilMs === undefined ? {} : { untilMs }),
      ...(atMs === undefined ? {} : { atMs }),
    },
    accountKey: update.waba_info?.waba_id,
  };
}

function changeOf(update: Update): LinkEvent['change'] | undefined {
  const { event, ban_info: ban } = update;
  // One that names nothing restricts nothing that anybody could end; what a number may send, self-checks find out.
  if (event === 'ACCOUNT_RESTRICTION' && restrictionsOf(update).length === 0) return undefined;
  const [changes, word] = event === 'DISABLED_UPDATE' ? [BANS, ban?.waba_ban_state ?? ''] : [CHANGES, event];
  return Object.hasOwn(changes, word) ? changes[word] : undefined;
}

const restrictionSchema = z.object({ restriction_type: z.string().min(1), expiration: lenient(textual) });

/** The list of types is open; what has none is no restriction. */
const restrictionsOf = ({ restriction_info }: Update) =>
  (restriction_info ?? []).flatMap((item) => restrictionSchema.safeParse(item).data ?? []);

/** When the last of the restrictions ends; one that has no end has no last. */
function untilOf(update: Update): number | undefined {
  const ends = restrictionsOf(update).map(({ expiration }) => readTime(expiration));
  const known = ends.filter((end) => end !== undefined);
  return known.length > 0 && known.length === ends.length ? Math.max(...known) : undefined;
}

function reasonOf(update: Update) {
  const { disconnection_info, violation_info, ban_info, event } = update;
  const restrictions = restrictionsOf(update).map(({ restriction_type }) => restriction_type);
  const said = disconnection_info?.reason ?? violation_info?.violation_type ?? ban_info?.waba_ban_state;
  if (restrictions.length > 0) return restrictions.join(', ');
  return said ?? (event === 'PARTNER_REMOVED' ? undefined : event);
}

import { createHash } from 'node:crypto';
import type { Pricing, StatusEvent } from '../channel.ts';
import { readSender } from './contacts.ts';
import { failureOfCode } from './error-codes.ts';
import { type Place, type Reading, readTime } from './reading.ts';
import { statusSchema, type WhatsAppStatus, webhookErrorSchema } from './schema.ts';

/** `played` is the first play of a voice note: it cannot be played unread. */
const STATUSES: Readonly<Record<string, StatusEvent['status']>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
  failed: 'failed',
};

const FAILED_WITHOUT_CODE = {
  kind: 'unexpected-response',
  scope: 'message',
  detail: 'the network reports a failure without a code',
} as const;

/** One item of `statuses`. (WhatsApp: status webhooks) */
export function readStatus(item: Readonly<Record<string, unknown>>, place: Place): Reading {
  const parsed = statusSchema.safeParse(item);
  if (!parsed.success) {
    const fields = new Set(parsed.error.issues.map((issue) => issue.path.join('.')));
    return { kind: 'unreadable', reason: `a status with missing or invalid ${[...fields].join(', ')}` };
  }
  const report = parsed.data;
  const eventKey = keyOf(report);
  if (place.connectionKey === undefined) {
    return { kind: 'unreadable', reason: 'a status without the id of the business number', eventKey };
  }
  const status = Object.hasOwn(STATUSES, report.status) ? STATUSES[report.status] : undefined;
  if (status === undefined) {
    return { kind: 'ignored', reason: `a status that is not known: ${report.status.slice(0, 40)}`, eventKey };
  }
  const pricing = pricingOf(report);
  const atMs = readTime(report.timestamp);
  return {
    kind: 'status',
    connectionKey: place.connectionKey,
    eventKey,
    channelMessageId: report.id,
    status,
    ...(atMs === undefined ? {} : { atMs }),
    recipient: readSender({
      phones: [report.recipient_participant_id, report.recipient_id],
      bsuids: [report.recipient_user_id],
      parents: [report.recipient_parent_user_id, report.parent_recipient_user_id],
    }),
    errors: failuresOf(report, status),
    ...(report.biz_opaque_callback_data === undefined ? {} : { callbackData: report.biz_opaque_callback_data }),
    ...(pricing === undefined ? {} : { pricing }),
  };
}

/** In a group, one message has a status for every participant; the key names them without saying who they are. */
function keyOf(report: WhatsAppStatus): string {
  const recipient = report.recipient_participant_id ?? report.recipient_user_id ?? report.recipient_id ?? '';
  const mark = createHash('sha256').update(recipient).digest('hex').slice(0, 16);
  return `status:${report.id}:${report.status}:${mark}`;
}

function failuresOf(report: WhatsAppStatus, status: StatusEvent['status']): StatusEvent['errors'] {
  const failures = (report.errors ?? []).flatMap((error) => {
    const parsed = webhookErrorSchema.safeParse(error);
    return parsed.success ? [failureOfCode(parsed.data.code)] : [];
  });
  return status === 'failed' && failures.length === 0 ? [FAILED_WITHOUT_CODE] : failures;
}

function pricingOf(report: WhatsAppStatus): Pricing | undefined {
  if (report.pricing === undefined) return undefined;
  const { billable, pricing_model: model, type, category } = report.pricing;
  return {
    ...(model === undefined ? {} : { model }),
    ...(type === undefined ? {} : { type }),
    ...(category === undefined ? {} : { category }),
    ...(billable === undefined ? {} : { billable }),
  };
}
